import ApusCore
import ApusGroupSupport
import Foundation
import Testing

@testable import ApusTorch

@Suite(.serialized) struct ProcessGroupTests {
    @Test func `values and tensors are summed, bytes gathered, tensors broadcast`() throws {
        let seen = try together(3) { group in
            let values = try group.sum([Double(group.rank), 1])
            let tensor = Tensor([Float(group.rank), 2])
            try group.startSum(tensor).finish()
            let gathered = try group.gather([UInt8](repeating: UInt8(group.rank), count: group.rank))
            let own = Tensor([Float(group.rank) + 5])
            try group.broadcast(own, from: 1)
            let bytes = try group.broadcast(group.isMain ? [1, 2, 3] : [])
            try group.barrier()
            return Seen(
                values: values, tensor: tensor.elements(), gathered: gathered, broadcast: own.elements(), bytes: bytes)
        }
        for (rank, seen) in seen.enumerated() {
            #expect(seen.values == [3, 3])
            #expect(seen.tensor == [3, 6])
            #expect(seen.gathered == (rank == 0 ? [[], [1], [2, 2]] : []))
            #expect(seen.broadcast == [6])
            #expect(seen.bytes == [1, 2, 3])
        }
    }

    private struct Seen {
        var values: [Double]
        var tensor: [Float]
        var gathered: [[UInt8]]
        var broadcast: [Float]
        var bytes: [UInt8]
    }

    /// 16 channels with SiLU run fused, 5 without on LibTorch's own operations.
    @Test(arguments: [(16, true), (5, false), (5, true)])
    func `normalization of parts is normalization of the whole`(_ channels: Int, _ silu: Bool) throws {
        let whole = Self.normalized(0..<6, channels: channels, silu: silu)
        let parts = try together(2) { group in
            try group.sharingBatch { Self.normalized(group.isMain ? 0..<2 : 2..<6, channels: channels, silu: silu) }
        }
        #expect(Self.farthest(parts[0].output + parts[1].output, whole.output) < 1e-5)
        #expect(Self.farthest(parts[0].slopes + parts[1].slopes, whole.slopes) < 1e-5)
        #expect(Self.farthest(zip(parts[0].weight, parts[1].weight).map(+), whole.weight) < 1e-4)
        for part in parts { #expect(Self.farthest(part.variance, whole.variance) < 1e-6) }
    }

    private struct Normalized {
        var output, slopes, weight, variance: [Float]
    }

    private static func normalized(_ images: Range<Int>, channels: Int, silu: Bool) -> Normalized {
        let count = 6 * channels * 9
        let all = (0..<count).map { Float(sin(Double($0 * $0 % 1013))) + Float($0 % channels) * 0.1 }
        let size = channels * 9
        let range = images.lowerBound * size..<images.upperBound * size
        let shape: Shape = [images.count, channels, 3, 3]
        let x = Tensor(Array(all[range]), shape: shape).requiringGradient()
        let weight = Tensor.full([channels], 1.5).requiringGradient()
        let variance = Tensor.ones([channels])
        let statistics = Tensor.BatchStatistics(
            weight: weight, bias: Tensor.zeros([channels]).requiringGradient(), runningMean: Tensor.zeros([channels]),
            runningVariance: variance, isTraining: true, momentum: 0.1, epsilon: 1e-3)
        let y = silu ? x.batchNormSilu(statistics) : x.batchNorm(statistics)
        let scale = Tensor(all[range].map { $0 * $0 }, shape: shape)
        try? (y * scale).sum().backward()
        return Normalized(
            output: y.detached().elements(), slopes: x.gradient?.elements() ?? [],
            weight: weight.gradient?.elements() ?? [], variance: variance.elements())
    }

    private static func farthest(_ a: [Float], _ b: [Float]) -> Float {
        a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? .infinity : .infinity
    }

    @Test func `buckets are reduced while the backward pass runs`() throws {
        let results = try together(2) { group in
            let weights = (0..<4).map { Tensor.full([300], Double($0 + 1)).requiringGradient() }
            let reducer = try GradientReducer(group, parameters: weights, bucketBytes: 1300)
            var loss = weights[0].sum()
            for weight in weights.dropFirst() { loss = loss + weight.sum() * Double(group.rank + 1) }
            reducer.arm()
            try loss.backward()
            let started = reducer.startedCount
            try reducer.finish()
            return (started, reducer.bucketCount, weights.map { $0.gradient?.elements(of: Float.self)[7] ?? 0 })
        }
        for (started, buckets, gradients) in results {
            #expect((started, buckets) == (4, 4))
            #expect(gradients == [2, 3, 3, 3])
        }
    }

    @Test func `a group that nobody joins is an error that says so`() throws {
        let environment = try #require(
            try ProcessEnvironment([
                "RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "9",
            ]))
        let error = #expect(throws: TorchError.self) { try ProcessGroup(environment, meetingTimeout: 1) }
        guard case .meeting(1, 2, "127.0.0.1:9", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    /// One member leaves at once; the other one's normalization asks for it, forwards and backwards.
    @Test(arguments: [(16, true), (5, false)])
    func `a lost process is an error, not a crash, wherever it is missed`(_ channels: Int, _ silu: Bool) throws {
        let outcomes = try together(2) { group -> (forward: TorchError?, backward: TorchError?, later: TorchError?) in
            let x = Tensor.ones([2, channels, 3, 3]).requiringGradient()
            let statistics = Tensor.BatchStatistics(
                weight: Tensor.ones([channels]), bias: Tensor.zeros([channels]),
                runningMean: Tensor.zeros([channels]), runningVariance: Tensor.ones([channels]), isTraining: true,
                momentum: 0.1, epsilon: 1e-3)
            let norm = { silu ? x.batchNormSilu(statistics) : x.batchNorm(statistics) }
            let sound = try group.sharingBatch(norm).sum()
            guard group.isMain else { return (nil, nil, nil) }
            let reducer = try GradientReducer(group, parameters: [x])
            reducer.arm()
            try sound.backward()
            let backward = #expect(throws: TorchError.self) { try reducer.finish() }
            let forward = #expect(throws: TorchError.self) { _ = try group.sharingBatch(norm) }
            let later = #expect(throws: TorchError.self) { try group.barrier() }
            return (forward, backward, later)
        }
        for error in [outcomes[0].forward, outcomes[0].backward, outcomes[0].later] {
            guard case .peers = error else { Issue.record("\(String(describing: error))"); continue }
        }
    }

    @Test func `parts are the whole to a double's rounding`() throws {
        let whole = Self.doubles(0..<6)
        let parts = try together(2) { group in
            try group.sharingBatch { Self.doubles(group.isMain ? 0..<2 : 2..<6) }
        }
        let distance = zip(parts[0] + parts[1], whole).map { abs($0 - $1) }.max()
        #expect(try #require(distance) < 1e-12)
    }

    /// Gradients by the input of a normalization in float64.
    private static func doubles(_ images: Range<Int>) -> [Double] {
        let places = images.lowerBound * 45..<images.upperBound * 45
        let own: [Double] = places.map { (place: Int) -> Double in
            sin(Double(place * place % 1013)) + Double(place % 5) * 0.1
        }
        let squares: [Double] = own.map { (value: Double) -> Double in value * value }
        let shape: Shape = [images.count, 5, 3, 3]
        let x = Tensor(own, shape: shape).requiringGradient()
        func filled(_ value: Double) -> Tensor { Tensor.full([5], value, dataType: .float64) }
        let y = x.batchNorm(
            Tensor.BatchStatistics(
                weight: filled(1.5), bias: filled(0), runningMean: filled(0), runningVariance: filled(1),
                isTraining: true, momentum: 0.1, epsilon: 1e-3))
        let scale = Tensor(squares, shape: shape)
        try? (y * scale).sum().backward()
        return x.gradient?.elements() ?? []
    }
}

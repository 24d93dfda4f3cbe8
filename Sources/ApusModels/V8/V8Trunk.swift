import ApusNN
import ApusTorch

/// Layers 0 to 21 of v8-style networks: CSP backbone and path-aggregation neck.
///
/// - Input: `[N, 3, H, W]`, RGB in 0…1; H and W multiples of 32
/// - Output: three maps, finest first: `[N, channels[i], H / strides[i], W / strides[i]]`
public struct V8Trunk {
    public static let strides = [8, 16, 32]
    /// By their number; those without tensors only keep their place.
    let layers: [any TrunkLayer]
    /// Of each output.
    let channels: [Int]

    init(_ scale: V8Scale, using weights: inout WeightInitializer) {
        let backbone = V8Trunk.backbone(scale, using: &weights)
        let pooling = SPPF(scale.channels(1024), scale.channels(1024), using: &weights)
        layers = backbone + [pooling] + V8Trunk.neck(scale, using: &weights)
        channels = [256, 512, 1024].map(scale.channels)
    }

    func callAsFunction(_ x: Tensor) -> [Tensor] {
        let p3 = run(0...4, x)
        let p4 = run(5...6, p3)
        let p5 = run(7...9, p4)
        let n4 = run(12...12, join(p5.upsampledNearest(factor: 2), p4))
        let n3 = run(15...15, join(n4.upsampledNearest(factor: 2), p3))
        let m4 = run(18...18, join(run(16...16, n3), n4))
        let m5 = run(21...21, join(run(19...19, m4), p5))
        return [n3, m4, m5]
    }

    /// Layers one after another.
    private func run(_ indices: ClosedRange<Int>, _ x: Tensor) -> Tensor { indices.reduce(x) { layers[$1]($0) } }
    private func join(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor.concatenate([a, b], axis: 1) }

    /// Layers 0 to 8, which image classifiers have too: down to a 32nd of the input.
    static func backbone(_ scale: V8Scale, using weights: inout WeightInitializer) -> [any TrunkLayer] {
        let (three, six) = (scale.repeats(3), scale.repeats(6))
        let stages = [(64, 128, three), (128, 256, six), (256, 512, six), (512, 1024, three)]
        let first: any TrunkLayer = ConvolutionBlock(3, scale.channels(64), kernelSize: 3, stride: 2, using: &weights)
        return [first]
            + stages.flatMap { inputs, outputs, repeats -> [any TrunkLayer] in
                let (a, b) = (scale.channels(inputs), scale.channels(outputs))
                return [
                    ConvolutionBlock(a, b, kernelSize: 3, stride: 2, using: &weights),
                    C2f(b, b, repeats: repeats, shortcut: true, using: &weights),
                ]
            }
    }

    /// Layers 10 to 21.
    private static func neck(_ scale: V8Scale, using weights: inout WeightInitializer) -> [any TrunkLayer] {
        let (c256, c512, c1024) = (scale.channels(256), scale.channels(512), scale.channels(1024))
        let three = scale.repeats(3)
        func down(_ channels: Int) -> any TrunkLayer {
            ConvolutionBlock(channels, channels, kernelSize: 3, stride: 2, using: &weights)
        }
        func c2f(_ inputs: Int, _ outputs: Int) -> any TrunkLayer {
            C2f(inputs, outputs, repeats: three, shortcut: false, using: &weights)
        }
        return [
            Pass(), Pass(), c2f(c1024 + c512, c512),
            Pass(), Pass(), c2f(c512 + c256, c256),
            down(c256), Pass(), c2f(c256 + c512, c512),
            down(c512), Pass(), c2f(c512 + c1024, c1024),
        ]
    }
}

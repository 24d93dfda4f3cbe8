import Foundation
import Testing
@testable import ApusTuning

@Suite struct SearchTests {
    private static let methods = TuningConfiguration.Method.allCases

    /// Best where the rate is 1e-3, the share 0.5, the size 32 and the name sgd.
    private func score(_ values: [String: String]) -> Double {
        let rate = pow((log10(values.number("rate")) + 3) / 4, 2)
        let share = pow((values.number("share") - 0.5) / 4, 2)
        let size = pow((values.number("size") - 32) / 56, 2)
        return -(rate + share + size) - (values["name"] == "sgd" ? 0 : 0.1)
    }

    @Test(arguments: methods, 0..<5)
    func `proposals stay in their ranges and on their grids`(method: TuningConfiguration.Method, seed: Int) {
        let search = Search(mixedSpace, method: method, seed: UInt64(seed))
        for trial in played(search, trials: 40, score) {
            #expect(trial.values.keys.sorted() == mixedSpace.keys.sorted())
            for (path, domain) in mixedSpace { #expect(domain.contains(trial.values[path] ?? ""), "\(trial.values)") }
            #expect(trial.values.number("size").truncatingRemainder(dividingBy: 8) == 0)
        }
    }

    @Test(arguments: methods)
    func `a seed says everything, and another seed something else`(method: TuningConfiguration.Method) {
        let search = Search(mixedSpace, method: method, seed: 7)
        let trials = played(search, trials: 30, score)
        #expect(trials == played(search, trials: 30, score))
        let other = Search(mixedSpace, method: method, seed: 8)
        #expect(trials.map(\.values) != played(other, trials: 30, score).map(\.values))
    }

    @Test(arguments: methods)
    func `a proposal depends on the finished trials before it alone`(method: TuningConfiguration.Method) {
        let search = Search(mixedSpace, method: method, seed: 3)
        let trials = played(search, trials: 25, score)
        for number in [0, 5, 12, 24] {
            #expect(search.proposal(number, after: trials.shuffled()) == trials[number].values)
        }
    }

    @Test func `no combination is tried twice, and a finite space ends`() {
        let space: [String: ParameterDomain] = [
            "a": .choices(["x", "y", "z"]), "b": .interval(NumericDomain(low: 1, high: 4, step: 1)),
        ]
        for method in Self.methods {
            let trials = played(Search(space, method: method, startupTrials: 3), trials: 100) { $0.number("b") }
            #expect(trials.count == 12)
            #expect(Set(trials.map(\.values)).count == 12)
        }
    }

    @Test func `trials without a result count as the worst`() {
        let space: [String: ParameterDomain] = ["x": .interval(NumericDomain(low: 0, high: 1))]
        // What is above a half diverges; what is below is better the nearer it is to that.
        let trials = played(Search(space, seed: 1), trials: 60) { values in
            values.number("x") > 0.5 ? nil : values.number("x")
        }
        #expect((trials.best?.value ?? 0) > 0.45)
        #expect(trials.suffix(30).count { $0.state == .failed } < 15)
    }

    // MARK: TPE and random search

    private struct Game: CustomTestStringConvertible {
        var testDescription: String
        var space: [String: ParameterDomain]
        var goal: Double
        var score: @Sendable ([String: String]) -> Double
    }

    private static let plane: [String: ParameterDomain] = [
        "x": .interval(NumericDomain(low: -5, high: 5)), "y": .interval(NumericDomain(low: -5, high: 5)),
    ]

    private static let games = [
        Game(testDescription: "bowl", space: plane, goal: -0.5) { values in
            -pow(values.number("x") - 2, 2) - pow(values.number("y") + 1, 2)
        },
        Game(testDescription: "rate and size", space: mixedSpace, goal: -0.02) { values in
            let rate = pow((log10(values.number("rate")) + 3) / 4, 2)
            let size = pow((values.number("size") - 32) / 56, 2)
            return -(rate + size) - (values["name"] == "sgd" ? 0 : 0.1)
                - pow((values.number("share") - 0.5) / 4, 2)
        },
    ]

    /// Trials until the goal is reached, on average over seeds.
    private func trialsNeeded(_ game: Game, _ method: TuningConfiguration.Method, limit: Int = 150) -> Double {
        let seeds = 0..<30
        let counts = seeds.map { seed -> Int in
            let trials = played(
                Search(game.space, method: method, seed: UInt64(seed)), trials: limit, game.score)
            return trials.firstIndex { ($0.value ?? -.infinity) >= game.goal }.map { $0 + 1 } ?? limit
        }
        return Double(counts.reduce(0, +)) / Double(seeds.count)
    }

    @Test(arguments: games.indices)
    func `TPE needs fewer trials than random search`(index: Int) {
        let game = Self.games[index]
        let (tpe, random) = (trialsNeeded(game, .tpe), trialsNeeded(game, .random))
        #expect(tpe < 0.75 * random, "\(game.testDescription): \(tpe) and \(random)")
    }
}

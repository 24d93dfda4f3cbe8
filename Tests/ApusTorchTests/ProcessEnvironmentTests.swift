import Testing

@testable import ApusTorch

@Suite struct ProcessEnvironmentTests {
    private let whole = [
        "RANK": "1", "WORLD_SIZE": "4", "LOCAL_RANK": "1", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "10.0.0.7",
        "MASTER_PORT": "29500",
    ]

    @Test func `torchrun's variables are read`() throws {
        let environment = try #require(try ProcessEnvironment(whole))
        #expect((environment.rank, environment.size) == (1, 4))
        #expect((environment.localRank, environment.localSize) == (1, 2))
        #expect((environment.host, environment.port) == ("10.0.0.7", 29500))
        #expect(!environment.servesStore)
    }

    @Test func `rank 0 brings the store unless torchrun does`() throws {
        var variables = whole.merging(["RANK": "0"]) { $1 }
        #expect(try ProcessEnvironment(variables)?.servesStore == true)
        variables["TORCHELASTIC_USE_AGENT_STORE"] = "True"
        #expect(try ProcessEnvironment(variables)?.servesStore == false)
    }

    @Test(arguments: [
        [:], ["WORLD_SIZE": "1", "RANK": "0"], ["WORLD_SIZE": "", "RANK": ""],
        ["MASTER_ADDR": "10.0.0.7", "MASTER_PORT": "29500", "LOCAL_RANK": "3"],
    ])
    func `one process is no group`(_ variables: [String: String]) throws {
        #expect(try ProcessEnvironment(variables) == nil)
    }

    @Test(arguments: [
        ("RANK", "4"), ("RANK", "-1"), ("WORLD_SIZE", "two"), ("MASTER_PORT", "70000"), ("MASTER_ADDR", ""),
        ("LOCAL_WORLD_SIZE", "9"), ("LOCAL_RANK", "2"), ("LOCAL_RANK", "x"), ("WORLD_SIZE", "0"),
        ("WORLD_SIZE", "99999999999999999999"), ("MASTER_PORT", "0"), ("MASTER_PORT", ""), ("RANK", "1.0"),
    ])
    func `a variable that fits no group is named`(_ name: String, _ value: String) {
        let variables = whole.merging([name: value]) { $1 }
        let error = #expect(throws: TorchError.self) { try ProcessEnvironment(variables) }
        #expect(error.map { "\($0)".contains(name) } == true)
    }

    @Test(arguments: ["RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"])
    func `a group that is half said names what is missing`(_ name: String) {
        let error = #expect(throws: TorchError.self) { try ProcessEnvironment(whole.filter { $0.key != name }) }
        guard case .environment(name, nil, _) = error else { Issue.record("\(String(describing: error))"); return }
    }

    @Test func `what PyTorchJob sets is enough`() throws {
        let environment = try #require(try ProcessEnvironment(whole.filter { !$0.key.hasPrefix("LOCAL") }))
        #expect((environment.localRank, environment.localSize) == (0, 1))
    }
}

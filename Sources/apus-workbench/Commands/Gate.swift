import ArgumentParser

struct Gate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pass or stop a candidate by rules, against a baseline.",
        discussion: """
            A model is held against another on the same images, and stopped where it is proved to be worse.

              apus gate experiments/garments-gate.yaml --candidate latest --baseline garments@champion --split test
              apus gate baseline garments@champion baseline.json
              apus gate init
              apus gate simulate --images 250,1000

            `apus gate check --help` tells of rules and options. Exit status: 0 pass, 1 regression, 2 misconfigured.
            """,
        subcommands: [GateCheck.self, GateBaseline.self, GateInit.self, GateSimulate.self],
        defaultSubcommand: GateCheck.self)
}

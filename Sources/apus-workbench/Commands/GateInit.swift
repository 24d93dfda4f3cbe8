import ApusCommands
import ApusCore
import ArgumentParser

struct GateInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a file of rules and a CI workflow to start from.",
        discussion: """
            Writes experiments/gate.yaml and .github/workflows/gate.yml, and changes no file that is there.

              apus gate init
              apus gate baseline garments@champion experiments/baseline.json --split test

            Exit status: 0 written, 2 a folder that cannot be written.
            """)

    @Argument(help: "The workspace.", completion: .directory) var folder = "."
    @OptionGroup var common: CommonOptions

    func run() throws {
        for (path, text) in [("experiments/gate.yaml", Self.rules), (".github/workflows/gate.yml", Self.workflow)] {
            try common.terminal.writeNew(text, to: FileSystem.resolve(path, relativeTo: folder))
        }
    }

    private static let rules = """
        # What a candidate must reach: apus gate experiments/gate.yaml --candidate A --baseline B
        # min and max hold the value as it was measured; max_regression and min_improvement judge the difference to the
        # baseline by its 95 % interval: they fail only where it lies beyond the bound as a whole, and warn where it does
        # not tell.
        # images: 100          # with fewer, nothing is judged
        rules:
          - metric: mAP50-95
            max_regression: 0.01
          - metric: AP50
            classes: all
            max_regression: 0.05
            min_instances: 20   # rarer classes are left out
          - metric: model_bytes
            max_regression: 20%
            severity: warn

        """

    private static let workflow = """
        # Stops a pull request whose model is proved to be worse than the committed baseline. Once a better model is
        # merged, renew it: apus gate baseline models/candidate.onnx experiments/baseline.json --dataset …
        name: gate
        on: pull_request
        jobs:
          gate:
            runs-on: ubuntu-24.04
            timeout-minutes: 30
            steps:
              - uses: actions/checkout@v4
                with:
                  lfs: true
              # Put apus on the PATH here: from your image, or from a release of your own.
              - name: Prepare the test images
                run: apus prepare datasets/example/dataset.yaml
              - name: Gate
                run: >
                  apus gate experiments/gate.yaml
                  --candidate models/candidate.onnx
                  --dataset datasets/example/dataset.yaml
                  --baseline experiments/baseline.json
                  --summary --junit gate.xml --report gate.html
              - uses: actions/upload-artifact@v4
                if: always()
                with:
                  name: gate
                  path: |
                    gate.xml
                    gate.html

        """
}

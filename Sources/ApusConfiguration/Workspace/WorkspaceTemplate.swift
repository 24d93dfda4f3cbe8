import ApusCore

/// What a new workspace starts with.
public enum WorkspaceTemplate {
    /// Every file by its path below the workspace's folder.
    ///
    /// - Parameter name: the workspace's name, for its README; `.` takes the current folder's.
    public static func files(named name: String) -> [String: String] {
        let name = [".", "..", ""].contains(name) ? FileSystem.fileName(of: absolutePath(name)) : name
        return [
            "README.md": readme(name),
            ".gitignore": ignored,
            "datasets/example/dataset.yaml": dataset,
            "datasets/example/README.md": datasetReadme,
            "experiments/example.yaml": experiment,
            "models/README.md": modelsReadme,
            "models/v8n.yaml": model,
        ]
    }

    private static func readme(_ name: String) -> String {
        """
        # \(name)

        An Apus workspace.

        | folder | holds |
        |---|---|
        | `datasets/<name>/dataset.yaml` | source, licence, split and recipe of a dataset; its bytes are not committed |
        | `experiments/<name>.yaml` | every number of a training run |
        | `experiments/mlruns/` | the tracking store, which MLflow opens too |
        | `models/<name>/<version>/` | exported models |

        Paths in a YAML file are relative to that file, always.

            apus prepare datasets/example/dataset.yaml
            apus train experiments/example.yaml epochs=10
            apus runs list
            apus evaluate RUN --split test
            apus export RUN --name example
            apus-infer predict example/1 IMAGE --draw drawn

        To look at the runs in MLflow:

            MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri experiments/mlruns

        """
    }

    private static let ignored = """
        # bytes that the commands make: descriptions are committed, products are not
        datasets/*/prepared/
        experiments/mlruns/
        experiments/.mlruns-staging/
        experiments/.mlruns-server/
        experiments/runs/
        models/*/

        """

    private static let dataset = """
        # What the images are, where they come from and how they are split. Paths are relative to this file.
        # `apus prepare datasets/example/dataset.yaml [path=FOLDER]`
        name: example
        summary: Describe in a sentence what the images show.
        licence: Name the terms under which they may be used.

        source:
          format: voc             # voc, coco, yolo or idx
          path: raw               # a folder beside this file; of a list, the first that exists

        # Without this line, the names that the source uses.
        # classes: [cat, dog]

        splits:
          method: random          # declared (as the source says), random or stratified
          train: 0.8
          val: 0.1
          test: 0.1
          seed: 0

        """

    private static let datasetReadme = """
        # example

        Say here who made the images, when and where, under which licence, and what they are not good for.

        """

    private static let experiment = """
        # A training run. Numbers that are not here have their documented defaults; a key that Apus does not know
        # is an error. On the command line: apus train experiments/example.yaml epochs=10 optimizer.lr0=1e-3
        name: example
        model: ../models/v8n.yaml
        dataset: ../datasets/example/dataset.yaml
        image_size: 320
        epochs: 50
        batch_size: 16
        seed: 0
        # What you say of the models that it makes, for their cards; what is left out is shown as not stated.
        # card: {intended_use: Say for what and whom., limits: [Say what it cannot do.], licence: Name the terms.}

        """

    private static let model = """
        # The v8-style detector, scale n.
        architecture: v8-detect
        scale: n

        """

    private static let modelsReadme = """
        # models

        `apus export RUN --name NAME` writes NAME/VERSION/ here: the ONNX file with its preprocessing, the labels,
        a model card, and what MLflow needs to load it.

        """
}

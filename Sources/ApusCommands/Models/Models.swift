import ArgumentParser

public struct Models: ParsableCommand {
    public static let configuration = CommandConfiguration(
        abstract: "Look after registered models: versions, aliases, cards, what sets them apart.",
        discussion: """
            A model is named NAME, a version NAME/VERSION or NAME@ALIAS. The registry is MLflow's, in the tracking store: \
            what MLflow's clients write is seen here, and the other way round.

              apus models list
              apus models show garments@champion
              apus models promote garments/3 champion
              apus models export garments@champion deploy

            Exit status: 0 done, 1 different (diff) or not as registered (show), 2 no such model or a bad argument.
            """,
        subcommands: [
            ModelsList.self, ModelsShow.self, ModelsRegister.self, ModelsAlias.self, ModelsPromote.self,
            ModelsDiff.self, ModelsExport.self, ModelsCard.self, ModelsDescribe.self, ModelsTag.self,
            ModelsRename.self, ModelsDelete.self,
        ])

    public init() {}
}

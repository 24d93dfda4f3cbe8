/// Strings.
let textual: [any Operator.Type] = [
    NGramCounting.self, PatternMatching.self, TextConcatenation.self, TextNormalization.self, TextSplitting.self,
]

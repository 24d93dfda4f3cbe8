/// Summaries of windows, and of whole images.
let poolings: [any Operator.Type] = [
    AveragePooling.self, GlobalAveragePooling.self, GlobalMaximumPooling.self, MaximumPooling.self,
]

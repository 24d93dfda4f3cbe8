/// Summaries of windows, of regions, and of whole images.
let poolings: [any Operator.Type] = [
    AveragePooling.self, GlobalAveragePooling.self, GlobalLpPooling.self, GlobalMaximumPooling.self, LpPooling.self,
    MaximumPooling.self, MaximumRegionPooling.self, MaximumUnpooling.self,
]

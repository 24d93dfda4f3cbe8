/// The operators of classical machine learning, domain `ai.onnx.ml`.
let features: [any Operator.Type] = [Binarization.self, FeatureSelection.self, LabelMapping.self, ClassMapping.self]

let machineLearningDomain = "ai.onnx.ml"

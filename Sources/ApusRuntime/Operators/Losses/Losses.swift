/// What training minimizes.
let losses: [any Operator.Type] = [NegativeLogLikelihoodLoss.self, SoftmaxCrossEntropyLoss.self]

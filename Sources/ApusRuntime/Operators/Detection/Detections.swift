/// What turns a network's numbers into objects.
let detections: [any Operator.Type] = [NonMaximumSuppression.self]

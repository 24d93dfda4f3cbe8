/// Mirrorings and turns by right angles: pixels change their places and nothing else.
let flips: [any Transform.Type] = [
    HorizontalFlip.self, VerticalFlip.self, Transpose.self, RandomRotate90.self, D4.self, SquareSymmetry.self,
    NoOp.self,
]

/// Mirrorings and turns by right angles: pixels change their places and nothing else.
let flips: [any Transform.Type] = [HorizontalFlip.self, VerticalFlip.self]

/// Changes of each pixel's value by itself.
let tone: [any Transform.Type] = [Solarize.self]

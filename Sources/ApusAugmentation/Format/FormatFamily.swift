/// How pixels are held: their kind, scale, resolution and compression.
let formats: [any Transform.Type] = [
    Downscale.self, FromFloat.self, ImageCompression.self, Normalize.self, ToFloat.self,
]

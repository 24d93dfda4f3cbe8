/// Transforms into which other samples go.
let mixing: [any Transform.Type] = [CopyPaste.self, CutMix.self, MixUp.self, Mosaic.self]

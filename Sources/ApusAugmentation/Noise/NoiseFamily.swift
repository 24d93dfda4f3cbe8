/// Noise.
let noises: [any Transform.Type] = [
    AdditiveNoise.self, GaussNoise.self, ISONoise.self, MultiplicativeNoise.self, SaltAndPepper.self, ShotNoise.self,
]

/// Weather, and what it leaves on the lens.
let weathers: [any Transform.Type] = [
    RandomFog.self, RandomGravel.self, RandomRain.self, RandomShadow.self, RandomSnow.self, RandomSunFlare.self,
    Spatter.self,
]

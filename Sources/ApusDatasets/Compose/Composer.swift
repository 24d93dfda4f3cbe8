import ApusCore
import ApusVision

/// Builds the scenes of a recipe; scene i of a split is a function of the recipe and the objects alone.
struct Composer {
    let recipe: ComposeRecipe
    let classes: [AnnotationClass]
    let train: IDXPart?
    let test: IDXPart?

    /// The objects that scenes of one split are made of.
    struct Pool {
        let part: IDXPart
        let indices: [Int]
    }

    func listing() throws(DatasetError) -> SourceListing {
        var listing = SourceListing(classes: classes, samples: [], faults: [])
        for split in Split.allCases where recipe.scenes[split] > 0 {
            let pool = try pool(for: split, faults: &listing.faults)
            for index in 0..<recipe.scenes[split] {
                let name = "\(split.rawValue)/\(zeroPadded(index, digits: 6)).png"
                listing.samples.append(
                    SourceSample(
                        name: name, content: .generated { scene(index, of: split, from: pool) }, split: split,
                        labelFile: name))
            }
        }
        return listing
    }

    /// Train objects for train; the first half of the test objects for val, the second for test.
    private func pool(for split: Split, faults: inout [Fault]) throws(DatasetError) -> Pool {
        guard let part = split == .train ? train : test else {
            throw .unreadableSource(
                path: (train ?? test)?.path ?? "source", line: nil,
                reason: "\(split.rawValue) scenes need the \(split == .train ? "train" : "t10k") images")
        }
        let half = part.count / 2
        let range =
            switch split {
            case .train: 0..<part.count
            case .val: 0..<half
            case .test: half..<part.count
            }
        let usable = range.filter { Int(part.labels[$0]) < classes.count }
        faults += range.filter { Int(part.labels[$0]) >= classes.count }
            .map { part.classFault($0, classCount: classes.count) }
        guard !usable.isEmpty else {
            throw .unreadableSource(path: part.path, line: nil, reason: "no images for \(split.rawValue) scenes")
        }
        return Pool(part: part, indices: usable)
    }

    /// Composes one scene.
    func scene(_ index: Int, of split: Split, from pool: Pool) -> GeneratedSample {
        var stream = RandomStream(seed: recipe.seed, epoch: Int(split.code), sample: index)
        let kind = stream.element(of: recipe.backgrounds)
        var scene = Scene(
            side: recipe.canvas, background: SceneBackground(side: recipe.canvas).paint(kind, using: &stream))
        let shadow = stream.uniform(in: 0.1...0.35)
        for _ in 0..<stream.integer(in: recipe.objects[0]...recipe.objects[1]) {
            addObject(to: &scene, from: pool, shadow: shadow, using: &stream)
        }
        return GeneratedSample(
            bytes: scene.image.pngData(level: 1),
            labels: SourceLabels(annotations: scene.annotations(withMasks: recipe.outlines ?? false)))
    }

    /// How often a place or a cutout is drawn before an object is given up.
    private static let attempts = 40

    private func addObject(to scene: inout Scene, from pool: Pool, shadow: Float, using stream: inout RandomStream) {
        guard let (cutout, label) = drawCutout(from: pool, using: &stream) else { return }
        let side = stream.integer(in: recipe.size[0]...recipe.size[1])
        let sprite = Sprite(cutout, side: side, isMirrored: stream.uniform() < Float(recipe.flip))
        for _ in 0..<Self.attempts {
            let x = stream.integer(in: 0...recipe.canvas - sprite.width)
            let y = stream.integer(in: 0...recipe.canvas - sprite.height)
            guard scene.accepts(sprite, x: x, y: y, limit: Float(recipe.maximumOverlap)) else { continue }
            let ground = scene.meanColor(under: sprite, x: x, y: y)
            let tint = tint(for: sprite, on: ground, using: &stream)
            scene.place(sprite, label: label, x: x, y: y, tint: tint, shadow: shadow)
            return
        }
    }

    private func drawCutout(from pool: Pool, using stream: inout RandomStream) -> (Cutout, Int)? {
        for _ in 0..<Self.attempts {
            let index = stream.element(of: pool.indices)
            if let cutout = Cutout(pool.part.pixels(index), width: pool.part.width, height: pool.part.height) {
                return (cutout, Int(pool.part.labels[index]))
            }
        }
        return nil
    }

    /// Factors for red, green and blue that set the object off from the ground; of several draws the first that
    /// differs enough, else the one that differs most.
    private func tint(for sprite: Sprite, on ground: SceneColor, using stream: inout RandomStream) -> SceneColor {
        var best = (tint: SceneColor(1, 1, 1), distance: Float(-1))
        for attempt in 0..<8 where best.distance < 70 {
            let spread = 0.15 + 0.1 * Float(attempt)
            let gain = stream.uniform(in: max(0.4, 1 - spread)...1 + spread)
            let color = SceneColor.hue(stream.uniform() * 6)
            let tint = SceneColor(1, 1, 1).mixed(with: color, stream.uniform() * Float(recipe.tint)).scaled(by: gain)
            let distance = tint.scaled(by: sprite.meanBrightness).distance(to: ground)
            if distance > best.distance { best = (tint, distance) }
        }
        return best.tint
    }
}

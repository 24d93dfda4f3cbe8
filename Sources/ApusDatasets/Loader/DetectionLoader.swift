import ApusAugmentation
import ApusCore
import ApusVision

/// Batches of decoded, augmented images, made ahead of the training step on threads of their own.
///
/// What a batch holds is a function of (dataset, indices, configuration, image and batch size, seed, epoch, step):
/// not of the number of threads, nor of what is cached, nor of where in the epoch reading began.
public final class DetectionLoader: Sendable {
    private enum Mode: Sendable {
        case training(AugmentationConfiguration, seed: UInt64, ByteBoundedCache<LabeledImage>)
        case evaluation(LetterboxSpecification, ByteBoundedCache<EvaluationImageMaker.Fitted>)
    }

    private let reader: ImageReader
    private let options: LoaderOptions
    private let mode: Mode
    private let pool: BufferPool

    /// Shuffled and augmented.
    ///
    /// - Parameters:
    ///   - indices: the dataset's images to draw from; mosaic and mix-up partners come from them too.
    ///   - imageSize: side of the square images, in pixels.
    ///   - threads: how many make images; 2 keep up with a training step on 2 cores.
    ///   - prefetch: how many batches are made ahead.
    ///   - cacheBytes: how much memory decoded and resized images may take between epochs.
    public convenience init(
        dataset: any DetectionDataset, indices: [Int], configuration: AugmentationConfiguration, imageSize: Int,
        batchSize: Int, seed: UInt64, threads: Int = 2, prefetch: Int = 3, cacheBytes: Int = 1 << 30
    ) {
        self.init(
            ImageReader(dataset: dataset, indices: indices),
            LoaderOptions(imageSize: imageSize, batchSize: batchSize, threads: threads, prefetch: prefetch),
            .training(configuration, seed: seed, ByteBoundedCache(budget: cacheBytes)))
    }

    /// Letterboxed to `imageSize`² and not augmented, in the order of `indices`.
    public convenience init(
        evaluating dataset: any DetectionDataset, indices: [Int], imageSize: Int, batchSize: Int, threads: Int = 2,
        prefetch: Int = 3, cacheBytes: Int = 1 << 28
    ) {
        self.init(
            ImageReader(dataset: dataset, indices: indices),
            LoaderOptions(imageSize: imageSize, batchSize: batchSize, threads: threads, prefetch: prefetch),
            .evaluation(
                LetterboxSpecification(width: imageSize, height: imageSize), ByteBoundedCache(budget: cacheBytes)))
    }

    private init(_ reader: ImageReader, _ options: LoaderOptions, _ mode: Mode) {
        (self.reader, self.options, self.mode) = (reader, options, mode)
        pool = BufferPool(byteCount: options.batchSize * options.imageBytes, capacity: options.prefetch + 2)
    }

    public var imageSize: Int { options.imageSize }
    public var batchSize: Int { options.batchSize }
    public var imageCount: Int { reader.indices.count }

    /// Batches an epoch; the last may be smaller.
    public var stepsPerEpoch: Int { options.steps(for: imageCount) }

    /// Bytes of images kept in memory now.
    public var cachedBytes: Int {
        switch mode {
        case .training(_, _, let cache): cache.byteCount
        case .evaluation(_, let cache): cache.byteCount
        }
    }

    /// The batches of an epoch from `step` on; its threads start at once.
    ///
    /// - Parameter closingMosaic: whether mosaic and mix-up are off, as in the last epochs of a training.
    public func epoch(_ epoch: Int, from step: Int = 0, closingMosaic: Bool = false) -> LoaderEpoch {
        LoaderEpoch(
            order: order(of: epoch), indices: reader.indices, from: max(step, 0),
            maker: maker(epoch, closingMosaic: closingMosaic), options: options, pool: pool)
    }

    private func maker(_ epoch: Int, closingMosaic: Bool) -> any ImageMaker {
        switch mode {
        case .training(let configuration, let seed, let cache):
            let active = closingMosaic ? configuration.closingMosaic : configuration
            return TrainingImageMaker(
                reader: reader, cache: cache, recipe: DetectionRecipe(active, imageSize: imageSize), seed: seed,
                epoch: epoch)
        case .evaluation(let specification, let cache):
            return EvaluationImageMaker(reader: reader, cache: cache, specification: specification)
        }
    }

    /// Positions in the indices: shuffled by (seed, epoch) in training.
    private func order(of epoch: Int) -> [Int] {
        guard case .training(_, let seed, _) = mode else { return Array(0..<imageCount) }
        var stream = RandomStream(seed: seed, epoch: epoch)
        return stream.permutation(of: imageCount)
    }
}

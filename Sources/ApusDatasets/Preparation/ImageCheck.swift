import ApusCore
import ApusVision

/// An image that was read and decoded whole.
struct CheckedImage: Sendable {
    var hash: ContentHash
    var byteCount: Int
    /// Pixels, after EXIF orientation.
    var width: Int
    var height: Int
}

/// Reads, hashes and decodes images once, so that a damaged one is found now and not in the middle of training.
struct ImageChecker: Sendable {
    let journal: CheckJournal

    func check(_ generated: GeneratedSample, sample: SourceSample) -> Result<CheckedImage, ImageFault> {
        if let fault = generated.fault { return .failure(ImageFault(fault)) }
        return generated.bytes.withUnsafeBytes { buffer in
            ApusDatasets.check(buffer, sample: sample) { () throws(ImageError) in
                let header = try ImageHeader.read(decoding: buffer, name: sample.name)
                return (header.width, header.height)
            }
        }
    }

    func check(file path: String, sample: SourceSample) -> Result<CheckedImage, ImageFault> {
        let identity = FileIdentity(path: path)
        if let identity, let image = journal.image(path, identity) { return .success(image) }
        let file: MappedFile
        do throws(FileError) { file = try MappedFile(path: path) } catch {
            let kind: Fault.Kind = error.isNotFound ? .missingImage : .unreadableImage
            return .failure(ImageFault(kind, path, error.isNotFound ? "no such image" : "\(error)"))
        }
        defer { withExtendedLifetime(file) {} }
        let result = ApusDatasets.check(file.bytes, sample: sample) { () throws(ImageError) in
            let image = try Image(decoding: file.bytes, name: path)
            return (image.width, image.height)
        }
        if let identity, case .success(let image) = result { journal.add(image, path: path, identity: identity) }
        return result
    }
}

/// Why an image cannot be used.
struct ImageFault: Error {
    var fault: Fault

    init(_ fault: Fault) { self.fault = fault }

    init(_ kind: Fault.Kind, _ path: String, _ reason: String) {
        fault = Fault(kind, file: path, message: reason + "; image left out")
    }

    init(_ error: ImageError, path: String) {
        switch error {
        case .unreadable(let error): self.init(.unreadableImage, path, "\(error)")
        case .empty: self.init(.emptyFile, path, "the file is empty")
        case .truncated(_, let format, let reason): self.init(.truncatedImage, path, "truncated \(format): \(reason)")
        case .damaged(_, let format, let reason): self.init(.corruptImage, path, "damaged \(format): \(reason)")
        case .unknownFormat: self.init(.unsupportedImage, path, "neither JPEG nor PNG")
        case .unsupported(_, let format, let reason): self.init(.unsupportedImage, path, "\(format): \(reason)")
        case .tooLarge(_, let width, let height, let limit):
            self.init(.unsupportedImage, path, "\(width)×\(height) pixels, more than \(limit)")
        }
    }
}

private func check(
    _ bytes: UnsafeRawBufferPointer, sample: SourceSample, size: () throws(ImageError) -> (Int, Int)
) -> Result<CheckedImage, ImageFault> {
    do throws(ImageError) {
        let (width, height) = try size()
        return .success(
            CheckedImage(hash: ContentHash(of: bytes), byteCount: bytes.count, width: width, height: height))
    } catch {
        return .failure(ImageFault(error, path: sample.imageFile))
    }
}

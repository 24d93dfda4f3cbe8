import ApusAugmentation
import ApusCore
import ApusVision

/// What one image and its labels turned out to be.
struct ImageExamination: Sendable {
    /// `nil` where the image cannot be decoded or its labels leave it out.
    var size: ImageSize?
    var content: ContentHash?
    var hash: PerceptualHash?
    var color: ColorEncoding?
    /// Usable boxes and their lines.
    var boxes: [LabeledBox] = []
    var labels: [Int] = []
    var faults: [Fault] = []

    init(_ sample: SourceSample, options: CheckOptions) {
        switch sample.content {
        case .generated(let make):
            let generated = make()
            if let fault = generated.fault {
                faults.append(fault)
                return
            }
            generated.bytes.withUnsafeBytes { examine($0, sample, options) { _ in generated.labels } }
        case .file(let path):
            let file: MappedFile
            do throws(FileError) { file = try MappedFile(path: path) } catch {
                let kind: Fault.Kind = error.isNotFound ? .missingImage : .unreadableImage
                faults.append(Fault(kind, file: path, message: error.isNotFound ? "no such image" : "\(error)"))
                return
            }
            defer { withExtendedLifetime(file) {} }
            examine(file.bytes, sample, options, labels: sample.labels)
        }
    }

    private mutating func examine(
        _ bytes: UnsafeRawBufferPointer, _ sample: SourceSample, _ options: CheckOptions,
        labels read: (ImageSize) -> SourceLabels
    ) {
        let image: Image, orientation: ImageOrientation
        do throws(ImageError) {
            orientation = try ImageHeader.read(decoding: bytes, name: sample.imageFile).orientation
            image = try Image(decoding: bytes, name: sample.imageFile)
        } catch {
            faults.append(ImageFault(error, path: sample.imageFile).fault)
            return
        }
        let labels = read(image.size)
        guard !labels.leavesOutImage else {
            faults += labels.faults
            return
        }
        let checked = CheckedLabels(labels, sample: sample, size: image.size)
        faults += checked.faults
        (size, boxes, self.labels) = (image.size, checked.boxes, labels.annotations.map(\.label))
        content = ContentHash(of: bytes)
        color = ColorEncoding(bytes)
        if options.findsDuplicates { hash = PerceptualHash(image) }
        faults +=
            ImageChecks(sample: sample, size: image.size, orientation: orientation, color: color, labels: labels)
            .faults
        faults += BoxChecks(sample: sample, size: image.size, annotations: labels.annotations, options: options).faults
    }
}

/// What is to be known of a single image before training on it.
private struct ImageChecks {
    let sample: SourceSample
    let size: ImageSize
    let orientation: ImageOrientation
    let color: ColorEncoding?
    let labels: SourceLabels

    var faults: [Fault] { [turned, otherSize, colours, profile].compactMap { $0 } }

    private var turned: Fault? {
        guard orientation != .up else { return nil }
        let message =
            "EXIF turns or mirrors it (orientation \(orientation.rawValue)): its labels are taken as drawn on what is "
            + "shown, \(size); tools that pass EXIF over see another picture"
        return Fault(.exifRotation, file: sample.imageFile, message: message)
    }

    private var otherSize: Fault? {
        guard let declared = labels.declaredSize, declared != size else { return nil }
        let isTurned = orientation.swapsSides && declared.width == size.height && declared.height == size.width
        let reason = isTurned ? "; the labels were probably drawn before EXIF turned it" : ""
        return Fault(
            .sizeMismatch, file: sample.labelFile,
            message: "labelled as \(declared), but \(sample.name) is \(size)\(reason)")
    }

    private var colours: Fault? {
        guard let color else { return nil }
        let finding: String? =
            switch color.model {
            case .cmyk: "CMYK colours: converting them to RGB without their profile changes them"
            default: color.bitsPerChannel > 8 ? "\(color.bitsPerChannel) bits a channel: it is read with 8" : nil
            }
        return finding.map { Fault(.colourSpace, file: sample.imageFile, message: $0) }
    }

    private var profile: Fault? {
        guard let profile = color?.profile, !profile.lowercased().contains("srgb"), color?.model != .grey else {
            return nil
        }
        let name = profile.isEmpty ? "without a name" : "'\(profile)'"
        return Fault(
            .colourSpace, file: sample.imageFile,
            message:
                "a colour profile \(name) that is not sRGB: it is passed over, so colours differ from what is shown")
    }
}

/// Boxes of improbable sizes.
private struct BoxChecks {
    let sample: SourceSample
    let size: ImageSize
    let annotations: [Annotation]
    let options: CheckOptions

    var faults: [Fault] {
        let shrink = min(1, Double(options.inputSize) / Double(max(size.width, size.height, 1)))
        return annotations.filter { !$0.isWholeImage }.compactMap { annotation in
            let box = annotation.bounds(in: size)
            guard box.area > 0 else { return nil }
            let shorter = min(box.width, box.height) * shrink
            let text = "box [\(box.edges.map { decimalText($0, digits: 1) }.joined(separator: ", "))]"
            if shorter < options.tinySide {
                return fault(
                    .tinyBox, annotation,
                    "\(text) is \(decimalText(shorter, digits: 1)) pixels thin at \(options.inputSize)")
            }
            let share = box.area / (Double(size.width) * Double(size.height))
            guard share > options.hugeShare else { return nil }
            return fault(.hugeBox, annotation, "\(text) covers \(Int((share * 100).rounded())) % of the image")
        }
    }

    private func fault(_ kind: Fault.Kind, _ annotation: Annotation, _ message: String) -> Fault {
        Fault(kind, file: sample.labelFile, line: annotation.line, message: message)
    }
}

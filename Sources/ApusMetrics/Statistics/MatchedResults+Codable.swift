import FoundationEssentials

/// As JSON: names and ids in clear, outcomes as compact bytes in base64, about three for each detection.
extension MatchedResults: Codable {
    enum CodingKeys: String, CodingKey {
        case profile, parts
        case classNames = "class_names"
        case imageIDs = "image_ids"
    }

    enum PartKeys: String, CodingKey {
        case kind, prefix, outcomes
        case recallName = "recall_name"
    }

    private enum Kind: String, Codable { case objects, classes, keypoints, pixels }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(profile, forKey: .profile)
        try container.encode(classNames, forKey: .classNames)
        try container.encode(imageIDs, forKey: .imageIDs)
        var list = container.nestedUnkeyedContainer(forKey: .parts)
        for part in parts {
            var entry = list.nestedContainer(keyedBy: PartKeys.self)
            var writer = MatchBytesWriter()
            switch part {
            case .objects(let objects):
                try entry.encode(Kind.objects, forKey: .kind)
                try entry.encode(objects.prefix, forKey: .prefix)
                try entry.encode(objects.recallName, forKey: .recallName)
                for outcomes in objects.classes { outcomes.write(to: &writer) }
            case .classes(let classes):
                try entry.encode(Kind.classes, forKey: .kind)
                classes.write(to: &writer)
            case .keypoints(let keypoints):
                try entry.encode(Kind.keypoints, forKey: .kind)
                try entry.encode(keypoints.prefix, forKey: .prefix)
                keypoints.write(to: &writer)
            case .pixels(let pixels):
                try entry.encode(Kind.pixels, forKey: .kind)
                pixels.write(to: &writer)
            }
            try entry.encode(Data(writer.bytes).base64EncodedString(), forKey: .outcomes)
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        profile = try container.decodeIfPresent(EvaluationProfile.self, forKey: .profile)
        classNames = try container.decode([String].self, forKey: .classNames)
        imageIDs = try container.decode([Int].self, forKey: .imageIDs)
        guard zip(imageIDs, imageIDs.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .imageIDs, in: container, debugDescription: "the image ids do not ascend")
        }
        let imageCount = imageIDs.count
        var list = try container.nestedUnkeyedContainer(forKey: .parts)
        var parts: [Part] = []
        while !list.isAtEnd {
            let entry = try list.nestedContainer(keyedBy: PartKeys.self)
            let kind = try entry.decode(Kind.self, forKey: .kind)
            guard let outcomes = Data(base64Encoded: try entry.decode(String.self, forKey: .outcomes)) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .outcomes, in: entry, debugDescription: "the outcomes are not in base64")
            }
            var reader = MatchBytesReader(Array(outcomes))
            let prefix = (try? entry.decode(String.self, forKey: .prefix)) ?? ""
            do throws(MatchBytesReader.Malformed) {
                switch (kind, profile) {
                case (.objects, let profile?):
                    let classes = try classNames.map { (_) throws(MatchBytesReader.Malformed) in
                        try ClassOutcomes(&reader, imageCount: imageCount)
                    }
                    let recallName = try? entry.decode(String.self, forKey: .recallName)
                    parts.append(
                        .objects(
                            ObjectMatches(prefix: prefix, profile: profile, recallName: recallName, classes: classes)))
                case (.classes, nil):
                    parts.append(
                        .classes(
                            try ClassMatches(&reader, imageCount: imageCount, classCount: classNames.count)))
                case (.keypoints, _?):
                    parts.append(.keypoints(try KeypointMatches(&reader, prefix: prefix, imageCount: imageCount)))
                case (.pixels, nil):
                    parts.append(
                        .pixels(
                            try PixelMatches(&reader, imageCount: imageCount, classCount: classNames.count)))
                default: throw MatchBytesReader.Malformed(reason: "the kind does not go with the profile")
                }
                guard reader.isAtEnd else { throw MatchBytesReader.Malformed(reason: "there are bytes left over") }
            } catch {
                throw DecodingError.dataCorruptedError(
                    forKey: .outcomes, in: entry, debugDescription: error.reason)
            }
        }
        self.parts = parts
    }
}

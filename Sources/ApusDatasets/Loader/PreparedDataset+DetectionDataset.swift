import ApusVision

extension PreparedDataset: DetectionDataset {
    public func name(of index: Int) -> String { record(index).name }

    public func boxes(of index: Int) -> [LabeledBox] { boxes(index) }

    public func image(at index: Int) throws -> Image { try image(index) }
}

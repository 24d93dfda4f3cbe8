/// What measures one kind of matches under any weights of the images.
protocol MatchSampler: Sendable {
    /// Of the values, in their order.
    var names: [String] { get }
    /// What counts, class by class, each as often as its image weighs.
    func instances(_ weights: [Int32]) -> [Int]
    /// - Parameter draws: `[draw][image]`, none below 0.
    /// - Returns: `[draw][name]`, NaN where there is nothing to count.
    func values(_ draws: [[Int32]]) -> [[Double]]
}

/// What a loss is multiplied by before `backward`, so that small gradients are not lost in float16, and how it follows
/// what the gradients bear (Micikevicius et al., *Mixed Precision Training*, <https://arxiv.org/abs/1710.03740>).
struct LossScale: Codable, Equatable, Sendable {
    private(set) var factor = 65_536.0
    /// Steps since the factor changed.
    private var goodSteps = 0

    /// Steps after which a larger factor is tried.
    static let patience = 2000

    init() {}

    /// Takes note of an optimizer step; `true` where it was skipped only because the factor was too large.
    mutating func note(isFinite: Bool) -> Bool {
        guard !isFinite else {
            goodSteps += 1
            if goodSteps >= Self.patience { (factor, goodSteps) = (factor * 2, 0) }
            return false
        }
        goodSteps = 0
        guard factor > 1 else { return false }
        factor /= 2
        return true
    }
}

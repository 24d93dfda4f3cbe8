import ApusNN

/// A layer without tensors that only keeps its place in the numbering: upsampling, concatenation.
final class Pass: Module {}

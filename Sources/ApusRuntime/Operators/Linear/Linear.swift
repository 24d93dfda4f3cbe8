/// Matrix products.
let linear: [any Operator.Type] = [Einsum.self, GeneralMatrixProduct.self, MatrixProduct.self]

/// Matrix products.
let linear: [any Operator.Type] = [GeneralMatrixProduct.self, MatrixProduct.self]

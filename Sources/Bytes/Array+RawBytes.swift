extension [UInt8] {
  /// Calls `body` with the bytes where they are: `withUnsafeBytes` that keeps the type of the error.
  public func withRawBytes<Value, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let outcome: Result<Value, Failure> = withUnsafeBytes { buffer in
      do throws(Failure) {
        return .success(try body(buffer))
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }
}

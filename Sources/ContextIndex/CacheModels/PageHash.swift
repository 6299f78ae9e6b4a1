public import Bytes

/// How an engine names a page of tokens in its cache and in its events: a digest of the page and of all that
/// is before it.
public enum PageHash: Hashable, Sendable {
  /// vLLM's `sha256`: SHA-256 over the pickled tuple of the digest before, the tokens, and extra keys.
  ///
  /// `seed` is the engine's `PYTHONHASHSEED`; nil where that is not set.
  case vllmPickle(seed: ByteString? = nil)
  /// vLLM's `sha256_cbor`: the same over canonical CBOR (RFC 8949, 4.2.1).
  case vllmCBOR(seed: ByteString? = nil)
  /// SGLang's: SHA-256 over the digest before, if there is one, and the tokens as 32-bit little-endian
  /// integers.
  case sglang

  /// What vLLM begins with where it has no seed.
  private static let unseeded: ByteString = "vllm-none-hash"

  /// The digests of the full pages of a prompt, each of all tokens up to the end of the page.
  ///
  /// - Parameters:
  ///   - pageSize: the tokens of a page, 1 or more; of less there is no page.
  ///   - cacheSalt: the request's `cache_salt`, of less than 64 KiB; vLLM takes it into the first page.
  ///     SGLang has none in its digests.
  /// - Complexity: linear in the tokens.
  public func digests(
    of tokens: [UInt32], pageSize: Int, cacheSalt: ByteString? = nil
  ) -> [Digest] {
    guard pageSize > 0 else { return [] }
    var digests: [Digest] = []
    digests.reserveCapacity(tokens.count / pageSize)
    var before = root
    for page in 0..<(tokens.count / pageSize) {
      let range = (page * pageSize)..<((page + 1) * pageSize)
      let digest = digest(
        of: tokens[range], after: before, cacheSalt: page == 0 ? cacheSalt : nil)
      digests.append(digest)
      before = digest
    }
    return digests
  }

  /// The digest of a page behind the one with the digest `before`.
  ///
  /// - Parameter before: `root` for the first page.
  public func digest(
    of page: ArraySlice<UInt32>, after before: Digest?, cacheSalt: ByteString? = nil
  ) -> Digest {
    switch self {
    case .vllmPickle:
      var pickle = PythonPickle()
      pickle.appendPage(page, after: before?.bytes ?? [], cacheSalt: cacheSalt)
      return Digest(of: pickle.finish())
    case .vllmCBOR:
      var text = CanonicalCBOR()
      text.appendPage(page, after: before?.bytes ?? [], cacheSalt: cacheSalt)
      return Digest(of: text.bytes)
    case .sglang:
      var bytes = before?.bytes ?? []
      bytes.reserveCapacity(bytes.count + 4 * page.count)
      for token in page { withUnsafeBytes(of: token.littleEndian) { bytes.append(contentsOf: $0) } }
      return Digest(of: bytes)
    }
  }

  /// What stands before the first page: with vLLM the digest of the seed, with SGLang nothing.
  public var root: Digest? {
    switch self {
    case .vllmPickle(let seed):
      var pickle = PythonPickle()
      pickle.append(text: seed ?? Self.unseeded)
      return Digest(of: pickle.finish())
    case .vllmCBOR(let seed):
      var text = CanonicalCBOR()
      text.append(text: seed ?? Self.unseeded)
      return Digest(of: text.bytes)
    case .sglang: return nil
    }
  }

  /// The integer that the engine's events have for a digest: with vLLM its last 8 bytes, with SGLang its
  /// first 8, big-endian. SGLang writes the same 64 bits as a signed integer (`Int64(bitPattern:)`).
  public func published(_ digest: Digest) -> UInt64 {
    let bytes = self == .sglang ? digest.bytes.prefix(8) : digest.bytes.suffix(8)
    return bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}

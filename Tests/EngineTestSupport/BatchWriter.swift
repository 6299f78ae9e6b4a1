import Bytes
public import EngineEvents

/// Writes batches as MessagePack.
public enum BatchWriter {
  /// The payload of a message with these events.
  public static func batch(_ events: [EngineEvent], usesMaps: Bool) -> [UInt8] {
    [0x92, 0xCB] + bigEndian(UInt64(0x409B_9200_0000_0000))
      + [0xDC] + bigEndian(UInt16(events.count)) + events.flatMap { event($0, usesMaps) }
  }

  private static func event(_ event: EngineEvent, _ usesMaps: Bool) -> [UInt8] {
    switch event {
    case .stored(let blocks):
      fields(
        "BlockStored", usesMaps,
        [
          ("block_hashes", array(blocks.hashes.map(hash))),
          ("parent_block_hash", blocks.parent.map(hash) ?? [0xC0]),
          ("token_ids", array(blocks.tokens.map { [0xCE] + bigEndian($0) })),
          ("block_size", [0xCD] + bigEndian(UInt16(blocks.blockSize))),
          ("lora_id", [0xC0]),
          ("medium", blocks.medium.map { text($0.string) } ?? [0xC0]),
          ("lora_name", blocks.adapter.map { text($0.string) } ?? [0xC0]),
          ("extra_keys", array(blocks.extraKeys.map(keys))),
        ])
    case .removed(let hashes, _):
      fields("BlockRemoved", usesMaps, [("block_hashes", array(hashes.map(hash)))])
    case .cleared: fields("AllBlocksCleared", usesMaps, [])
    case .other(let name): fields(name.string, usesMaps, [])
    }
  }

  private static func fields(
    _ type: String, _ usesMaps: Bool, _ values: [(name: String, value: [UInt8])]
  ) -> [UInt8] {
    let all = [(name: "type", value: text(type))] + values
    let count = UInt8(all.count)
    return usesMaps
      ? [0x80 | count] + all.flatMap { text($0.name) + $0.value }
      : [0x90 | count] + all.flatMap(\.value)
  }

  private static func keys(_ keys: BlockKeys) -> [UInt8] {
    switch keys {
    case .none: [0xC0]
    case .salt(let salt): [0x91, 0x92] + text("cache_salt") + text(salt.string)
    case .other(let bytes): bytes.bytes
    }
  }

  private static func hash(_ hash: EngineBlockHash) -> [UInt8] {
    [0xCF] + bigEndian(hash.number ?? 0)
  }

  private static func array(_ elements: [[UInt8]]) -> [UInt8] {
    [0xDD] + bigEndian(UInt32(elements.count)) + elements.joined()
  }

  private static func text(_ text: String) -> [UInt8] {
    [0xD9, UInt8(text.utf8.count)] + text.utf8
  }

  private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian) { Array($0) }
  }
}

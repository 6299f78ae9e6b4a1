import PromptServer
import Testing

/// What waits to be counted is bounded.
@Suite struct CountingBacklogTests {
  @Test func onlySoManyBytesWaitTogether() {
    let queue = CountingBacklog(prompts: 10, bytes: 100)
    #expect(queue.enter(bytes: 60))
    #expect(queue.enter(bytes: 40))
    #expect(!queue.enter(bytes: 1))
    queue.leave(bytes: 40)
    #expect(queue.enter(bytes: 39))
  }

  @Test func oneAloneAlwaysFits() {
    let queue = CountingBacklog(prompts: 10, bytes: 100)
    #expect(queue.enter(bytes: 1000))
    #expect(!queue.enter(bytes: 1))
    queue.leave(bytes: 1000)
    #expect(queue.enter(bytes: 1))
  }

  @Test func onlySoManyWait() {
    let queue = CountingBacklog(prompts: 2, bytes: 100)
    #expect(queue.enter(bytes: 0))
    #expect(queue.enter(bytes: 0))
    #expect(!queue.enter(bytes: 0))
  }
}

#include "perpetual_block.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "arch/arch.h"
#include "clock.h"
#include "frontier.h"
#include "thread_watch.h"

namespace fencepost {

PerpetualBlock::PerpetualBlock(const PerpetualRequest &request, const CodePages &code, char *cell,
                               std::vector<char *> outs, std::vector<Company> company)
    : request_(request),
      code_(code),
      cell_(cell),
      outs_(std::move(outs)),
      meeting_(std::move(company)),
      states_(request.threads.size()),
      end_ns_(end_of(request.end_after_ms)) {}

void PerpetualBlock::run_thread(size_t thread) {
  ThreadState &state = states_[thread];
  ThreadWatch watch(request_.threads[thread].cpu);
  CodePages::let_this_thread_execute();
  arch::synchronise_instructions();
  const size_t places = request_.threads.size();
  for (size_t first = 0; first < request_.batches; first += places) {
    const size_t wanted = std::min(places, request_.batches - first);
    const size_t batches = run_batches(thread, wanted);
    if (meeting_.aborted()) break;
    if (thread < batches) {
      state.witnesses += count_batch(thread);
      state.counted_batches++;
    }
    watch.look();
    if (batches < wanted) break;
  }
  meeting_.leave();
  state.report = watch.report();
}

// Returns how many of them ran: fewer when the block is over, or was aborted.
size_t PerpetualBlock::run_batches(size_t thread, size_t batches) {
  size_t place = 0;
  while (place < batches && run_batch(thread, place)) place++;
  return place;
}

// False when the block was aborted, or is over.
bool PerpetualBlock::run_batch(size_t thread, size_t place) {
  if (thread == 0) std::memset(cell_, 0, request_.memory_bytes);
  // A thread that is alone waits for nobody, and so would not be told.
  if (meeting_.aborted() || !meeting_.meet(thread) || over_) return false;
  const int64_t begin_ns = now_ns();
  code_.function(thread)(cell_, records(thread, place), request_.iterations);
  arch::full_fence();
  if (!meeting_.meet(thread)) return false;
  const int64_t ended_ns = now_ns();
  states_[thread].run_ns += ended_ns - begin_ns;
  if (thread == 0) {
    batches_run_++;
    over_ = ended_ns >= end_ns_;
  }
  return true;
}

uint64_t PerpetualBlock::count_batch(size_t place) const {
  std::vector<Records> loaded;
  for (size_t i = 0; i < outs_.size(); i++) loaded.push_back({records(i, place), request_.threads[i].out_bytes});
  return count_witnesses(request_.readings, loaded, request_.iterations);
}

char *PerpetualBlock::records(size_t thread, size_t place) const {
  return outs_[thread] + place * request_.iterations * request_.threads[thread].out_bytes;
}

PerpetualReply PerpetualBlock::reply() const {
  PerpetualReply reply;
  for (const ThreadState &state : states_) {
    reply.witnesses += state.witnesses;
    reply.iterations += state.counted_batches * request_.iterations;
    reply.threads.push_back(state.report);
  }
  reply.run_ns = static_cast<double>(states_.front().run_ns);
  return reply;
}

}  // namespace fencepost

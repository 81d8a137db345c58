// The addon's face to JavaScript, mirrored in src/run/addon.ts: a request object in, a reply object
// out, the work on a thread that is not JavaScript's. The only file that includes <napi.h>.
#include <napi.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>

#include "affinity.h"
#include "machine_facts.h"
#include "price_request.h"
#include "run_request.h"
#include "runner.h"

namespace fencepost {

namespace {

// Never destroyed: at exit its threads may still be inside generated code.
Runner &runner() {
  static Runner &kept = *new Runner;
  return kept;
}

Napi::Error wrong(const Napi::Object &object, const char *field, const char *expected) {
  return Napi::TypeError::New(object.Env(), std::string(field) + " must be " + expected);
}

template <typename Integer>
Integer integer(const Napi::Object &object, const char *field) {
  const Napi::Value value = object.Get(field);
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
  const double least = std::is_signed_v<Integer> ? -1 : 0;
  if (!(number >= least && number <= 0x1p53 && number == std::floor(number))) {
    throw wrong(object, field, std::is_signed_v<Integer> ? "a whole number from -1 on" : "a whole number");
  }
  return static_cast<Integer>(number);
}

bool boolean(const Napi::Object &object, const char *field) {
  const Napi::Value value = object.Get(field);
  if (!value.IsBoolean()) throw wrong(object, field, "true or false");
  return value.As<Napi::Boolean>();
}

uint64_t bigint(const Napi::Object &object, const char *field) {
  const Napi::Value value = object.Get(field);
  if (!value.IsBigInt()) throw wrong(object, field, "a BigInt");
  bool lossless;
  return value.As<Napi::BigInt>().Uint64Value(&lossless);
}

std::vector<uint8_t> bytes(const Napi::Object &object, const char *field) {
  const Napi::Value value = object.Get(field);
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    throw wrong(object, field, "a Uint8Array");
  }
  const Napi::Uint8Array array = value.As<Napi::Uint8Array>();
  return {array.Data(), array.Data() + array.ByteLength()};
}

template <typename Element>
std::vector<Element> list(const Napi::Object &object, const char *field, Element (*read)(const Napi::Object &)) {
  const Napi::Value value = object.Get(field);
  if (!value.IsArray()) throw wrong(object, field, "an array");
  const Napi::Array array = value.As<Napi::Array>();
  std::vector<Element> elements;
  for (uint32_t i = 0; i < array.Length(); i++) {
    const Napi::Value element = array.Get(i);
    if (!element.IsObject()) throw wrong(object, field, "an array of objects");
    elements.push_back(read(element.As<Napi::Object>()));
  }
  return elements;
}

std::vector<int> read_cpus(const Napi::Object &object) {
  const uint32_t threads = object.IsArray() ? object.As<Napi::Array>().Length() : 0;
  std::vector<int> cpus;
  for (uint32_t i = 0; i < threads; i++) cpus.push_back(integer<int>(object, std::to_string(i).c_str()));
  return cpus;
}

ThreadRequest read_thread(const Napi::Object &object) {
  ThreadRequest thread;
  thread.code = bytes(object, "code");
  thread.cpu = integer<int>(object, "cpu");
  thread.out_bytes = integer<size_t>(object, "outBytes");
  return thread;
}

InitialWrite read_initial(const Napi::Object &object) {
  InitialWrite write;
  write.offset_bytes = integer<size_t>(object, "offsetBytes");
  write.width_bytes = integer<unsigned>(object, "widthBytes");
  write.value = static_cast<int64_t>(bigint(object, "value"));
  write.pointer = boolean(object, "pointer");
  return write;
}

ObservedValue read_observed(const Napi::Object &object) {
  ObservedValue observed;
  observed.thread = integer<int>(object, "thread");
  observed.offset_bytes = integer<size_t>(object, "offsetBytes");
  observed.width_bytes = integer<unsigned>(object, "widthBytes");
  observed.is_signed = boolean(object, "signed");
  observed.pointer = boolean(object, "pointer");
  return observed;
}

Rendezvous read_rendezvous(const Napi::Object &object, const char *field) {
  const Napi::Value value = object.Get(field);
  const std::string name = value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
  if (name == "spin") return Rendezvous::spin;
  if (name == "deadline") return Rendezvous::deadline;
  if (name == "free") return Rendezvous::free;
  throw wrong(object, field, "\"spin\", \"deadline\" or \"free\"");
}

Preload read_preload(const Napi::Object &object, const char *field) {
  const Napi::Value value = object.Get(field);
  const std::string name = value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
  if (name == "none") return Preload::none;
  if (name == "read") return Preload::read;
  if (name == "write") return Preload::write;
  throw wrong(object, field, "\"none\", \"read\" or \"write\"");
}

StressRequest read_stress(const Napi::Object &object, const char *field) {
  const Napi::Value value = object.Get(field);
  if (!value.IsObject()) throw wrong(object, field, "an object");
  const Napi::Object given = value.As<Napi::Object>();
  const Napi::Value cpus = given.Get("cpus");
  if (!cpus.IsArray()) throw wrong(object, field, "an object with an array of cpus");
  StressRequest stress;
  stress.cpus = read_cpus(cpus.As<Napi::Object>());
  stress.bytes = integer<size_t>(given, "bytes");
  return stress;
}

RunRequest read_request(const Napi::Object &object) {
  RunRequest request;
  request.threads = list<ThreadRequest>(object, "threads", read_thread);
  request.initial = list<InitialWrite>(object, "initial", read_initial);
  request.observed = list<ObservedValue>(object, "observed", read_observed);
  request.memory_bytes = integer<size_t>(object, "memoryBytes");
  request.spacing_bytes = integer<size_t>(object, "spacingBytes");
  request.cells = integer<size_t>(object, "cells");
  request.batches = integer<size_t>(object, "batches");
  request.group = integer<size_t>(object, "group");
  request.group_stride = integer<size_t>(object, "groupStride");
  request.preload = read_preload(object, "preload");
  request.rendezvous = read_rendezvous(object, "rendezvous");
  request.start_delay_ns = integer<uint64_t>(object, "startDelayNs");
  request.seed = bigint(object, "seed");
  request.timeout_ms = integer<uint64_t>(object, "timeoutMs");
  request.end_after_ms = integer<uint64_t>(object, "endAfterMs");
  request.copies = list<std::vector<int>>(object, "copies", read_cpus);
  request.stress = read_stress(object, "stress");
  return request;
}

Reading read_reading(const Napi::Object &object) {
  Reading reading;
  reading.thread = integer<size_t>(object, "thread");
  reading.offset_bytes = integer<size_t>(object, "offsetBytes");
  reading.width_bytes = integer<unsigned>(object, "widthBytes");
  reading.writer = integer<size_t>(object, "writer");
  reading.stores = integer<uint64_t>(object, "stores");
  reading.wanted = integer<uint64_t>(object, "wanted");
  return reading;
}

PerpetualRequest read_perpetual(const Napi::Object &object) {
  PerpetualRequest request;
  request.threads = list<ThreadRequest>(object, "threads", read_thread);
  request.readings = list<Reading>(object, "readings", read_reading);
  request.memory_bytes = integer<size_t>(object, "memoryBytes");
  request.iterations = integer<size_t>(object, "iterations");
  request.batches = integer<size_t>(object, "batches");
  request.timeout_ms = integer<uint64_t>(object, "timeoutMs");
  request.end_after_ms = integer<uint64_t>(object, "endAfterMs");
  request.stress = read_stress(object, "stress");
  return request;
}

size_t read_entry(const Napi::Object &object) { return integer<size_t>(object, "entryBytes"); }

PricedProgram read_program(const Napi::Object &object) {
  PricedProgram program;
  program.threads = list<ThreadRequest>(object, "threads", read_thread);
  program.entries = list<size_t>(object, "threads", read_entry);
  program.initial = list<InitialWrite>(object, "initial", read_initial);
  return program;
}

PriceRequest read_price(const Napi::Object &object) {
  PriceRequest request;
  request.programs = list<PricedProgram>(object, "programs", read_program);
  request.memory_bytes = integer<size_t>(object, "memoryBytes");
  request.spacing_bytes = integer<size_t>(object, "spacingBytes");
  request.cells = integer<size_t>(object, "cells");
  request.group = integer<size_t>(object, "group");
  request.passes = integer<size_t>(object, "passes");
  request.rounds = integer<size_t>(object, "rounds");
  request.timeout_ms = integer<uint64_t>(object, "timeoutMs");
  return request;
}

Napi::Object write_thread(Napi::Env env, const ThreadReport &report) {
  Napi::Object object = Napi::Object::New(env);
  object["cpu"] = report.cpu;
  object["strayedBatches"] = static_cast<double>(report.strayed_batches);
  object["involuntarySwitches"] = static_cast<double>(report.involuntary_switches);
  object["ranNs"] = report.ran_ns;
  object["offCpuNs"] = report.off_cpu_ns;
  return object;
}

Napi::Array write_threads(Napi::Env env, const std::vector<ThreadReport> &reports) {
  Napi::Array threads = Napi::Array::New(env);
  for (uint32_t i = 0; i < reports.size(); i++) threads[i] = write_thread(env, reports[i]);
  return threads;
}

Napi::Value write_steal(Napi::Env env, double steal_ns) {
  return steal_ns < 0 ? env.Undefined() : Napi::Number::New(env, steal_ns);
}

Napi::Value write_stuck(Napi::Env env, const RunReply &reply) {
  if (reply.stuck_thread < 0) return env.Undefined();
  Napi::Object object = Napi::Object::New(env);
  object["thread"] = reply.stuck_thread;
  object["status"] = static_cast<double>(reply.stuck_status);
  return object;
}

Napi::Value write_reply(Napi::Env env, const RunReply &reply) {
  const size_t width = reply.outcomes.empty() ? 0 : reply.outcomes.front().values.size();
  Napi::BigInt64Array values = Napi::BigInt64Array::New(env, reply.outcomes.size() * width);
  Napi::Float64Array counts = Napi::Float64Array::New(env, reply.outcomes.size());
  for (size_t i = 0; i < reply.outcomes.size(); i++) {
    const Outcome &outcome = reply.outcomes[i];
    for (size_t j = 0; j < width; j++) values[i * width + j] = outcome.values[j];
    counts[i] = static_cast<double>(outcome.count);
  }

  Napi::Object object = Napi::Object::New(env);
  object["values"] = values;
  object["counts"] = counts;
  object["threads"] = write_threads(env, reply.threads);
  object["iterations"] = static_cast<double>(reply.iterations);
  object["runNs"] = reply.run_ns;
  object["wallNs"] = reply.wall_ns;
  object["stealNs"] = write_steal(env, reply.steal_ns);
  object["stuck"] = write_stuck(env, reply);
  object["timedOut"] = reply.timed_out;
  return object;
}

Napi::Value write_perpetual(Napi::Env env, const PerpetualReply &reply) {
  Napi::Object object = Napi::Object::New(env);
  object["witnesses"] = static_cast<double>(reply.witnesses);
  object["threads"] = write_threads(env, reply.threads);
  object["iterations"] = static_cast<double>(reply.iterations);
  object["runNs"] = reply.run_ns;
  object["wallNs"] = reply.wall_ns;
  object["stealNs"] = write_steal(env, reply.steal_ns);
  object["timedOut"] = reply.timed_out;
  return object;
}

// Text, or undefined for "".
Napi::Value optional_text(Napi::Env env, const std::string &text) {
  return text.empty() ? env.Undefined() : Napi::String::New(env, text);
}

Napi::Float64Array write_numbers(Napi::Env env, const std::vector<double> &numbers) {
  Napi::Float64Array array = Napi::Float64Array::New(env, numbers.size());
  std::copy(numbers.begin(), numbers.end(), array.Data());
  return array;
}

Napi::Value write_price(Napi::Env env, const PriceReply &reply) {
  Napi::Object object = Napi::Object::New(env);
  object["ticks"] = write_numbers(env, reply.ticks);
  object["cycles"] = write_numbers(env, reply.cycles);
  object["cyclesProblem"] = optional_text(env, reply.cycles_problem);
  object["threads"] = write_threads(env, reply.threads);
  object["timedOut"] = reply.timed_out;
  object["stuck"] = env.Undefined();
  if (reply.stuck_thread >= 0) {
    Napi::Object stuck = Napi::Object::New(env);
    stuck["program"] = reply.stuck_program;
    stuck["thread"] = reply.stuck_thread;
    stuck["status"] = static_cast<double>(reply.stuck_status);
    object["stuck"] = stuck;
  }
  return object;
}

Napi::Value write_facts(Napi::Env env, const MachineFacts &facts) {
  Napi::Array cpus = Napi::Array::New(env);
  for (uint32_t i = 0; i < facts.allowed_cpus.size(); i++) cpus[i] = facts.allowed_cpus[i];
  Napi::Array variants = Napi::Array::New(env);
  for (uint32_t i = 0; i < facts.code_variants.size(); i++) variants[i] = facts.code_variants[i];
  Napi::Object time_base = Napi::Object::New(env);
  time_base["name"] = facts.time_base_name;
  time_base["ticksPerSecond"] = facts.ticks_per_second;
  time_base["problem"] = optional_text(env, facts.time_base_problem);

  Napi::Object object = Napi::Object::New(env);
  object["allowedCpus"] = cpus;
  object["pageSizeBytes"] = static_cast<double>(facts.page_size_bytes);
  object["cacheLineBytes"] = static_cast<double>(facts.cache_line_bytes);
  object["canPin"] = facts.pinning_problem.empty();
  object["pinningProblem"] = optional_text(env, facts.pinning_problem);
  object["timeBase"] = time_base;
  object["hypervisorSignature"] = facts.hypervisor_signature;
  object["codeVariants"] = variants;
  return object;
}

// Does `work` off the JavaScript thread, and settles a promise with what `write` makes of its result.
template <typename Result>
class Task : public Napi::AsyncWorker {
 public:
  using Work = std::function<Result()>;
  using Write = Napi::Value (*)(Napi::Env, const Result &);

  static Napi::Value start(Napi::Env env, Work work, Write write) {
    Task *task = new Task(env, std::move(work), write);  // deletes itself when settled
    const Napi::Promise promise = task->deferred_.Promise();
    task->Queue();
    return promise;
  }

 protected:
  void Execute() override { result_ = work_(); }  // AsyncWorker passes what it throws to OnError
  void OnOK() override { deferred_.Resolve(write_(Env(), result_)); }
  void OnError(const Napi::Error &error) override { deferred_.Reject(error.Value()); }

 private:
  Task(Napi::Env env, Work work, Write write)
      : AsyncWorker(env), work_(std::move(work)), write_(write), deferred_(Napi::Promise::Deferred::New(env)) {}

  const Work work_;
  const Write write_;
  const Napi::Promise::Deferred deferred_;
  Result result_{};
};

Napi::Value write_number(Napi::Env env, const double &number) { return Napi::Number::New(env, number); }

Napi::Object only_argument(const Napi::CallbackInfo &info) {
  if (!info[0].IsObject()) throw Napi::TypeError::New(info.Env(), "a request object is needed");
  return info[0].As<Napi::Object>();
}

Napi::Value run(const Napi::CallbackInfo &info) {
  const RunRequest request = read_request(only_argument(info));
  return Task<RunReply>::start(info.Env(), [request] { return runner().run(request); }, write_reply);
}

Napi::Value run_perpetual(const Napi::CallbackInfo &info) {
  const PerpetualRequest request = read_perpetual(only_argument(info));
  return Task<PerpetualReply>::start(info.Env(), [request] { return runner().run(request); }, write_perpetual);
}

Napi::Value price(const Napi::CallbackInfo &info) {
  const PriceRequest request = read_price(only_argument(info));
  return Task<PriceReply>::start(info.Env(), [request] { return runner().run(request); }, write_price);
}

Napi::Value ping_pong(const Napi::CallbackInfo &info) {
  const Napi::Object request = only_argument(info);
  const int first_cpu = integer<int>(request, "firstCpu");
  const int second_cpu = integer<int>(request, "secondCpu");
  const size_t round_trips = integer<size_t>(request, "roundTrips");
  return Task<double>::start(
      info.Env(), [=] { return runner().ping_pong(first_cpu, second_cpu, round_trips); }, write_number);
}

Napi::Value machine_facts_object(const Napi::CallbackInfo &info) {
  return Task<MachineFacts>::start(info.Env(), [] { return machine_facts(); }, write_facts);
}

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  allowed_cpus();  // read now, before any thread is pinned
  exports["run"] = Napi::Function::New(env, run, "run");
  exports["runPerpetual"] = Napi::Function::New(env, run_perpetual, "runPerpetual");
  exports["price"] = Napi::Function::New(env, price, "price");
  exports["pingPong"] = Napi::Function::New(env, ping_pong, "pingPong");
  exports["machineFacts"] = Napi::Function::New(env, machine_facts_object, "machineFacts");
  return exports;
}

}  // namespace

NODE_API_MODULE(fencepost, initialise)

}  // namespace fencepost

#include "data/workers.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace ingot::runtime {
namespace {

// One call of run; everything but `body` and `count` is guarded by the mutex of the workers.
struct Job {
  const std::function<void(std::size_t)>& body;
  std::size_t count;
  std::size_t begun = 0, ended = 0;
  std::size_t failed_at = 0;
  std::exception_ptr failure;
};

}  // namespace

struct Workers::Shared {
  std::mutex mutex;
  std::condition_variable work, done;
  std::deque<Job*> jobs;  // with calls that nobody has begun
  bool stopping = false;
  std::vector<std::thread> threads;

  // One call of the job; `lock` is released meanwhile.
  void step(Job& job, std::unique_lock<std::mutex>& lock) {
    const std::size_t i = job.begun++;
    if (job.begun == job.count) std::erase(jobs, &job);
    lock.unlock();
    std::exception_ptr failure;
    try {
      job.body(i);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (failure != nullptr && (job.failure == nullptr || i < job.failed_at)) {
      job.failure = failure;
      job.failed_at = i;
    }
    if (++job.ended == job.count) done.notify_all();
  }

  void serve() {
    std::unique_lock lock(mutex);
    while (true) {
      work.wait(lock, [this] { return stopping || !jobs.empty(); });
      if (stopping) return;
      step(*jobs.front(), lock);
    }
  }
};

Workers::Workers(std::uint32_t threads) : shared_(std::make_unique<Shared>()) {
  for (std::uint32_t i = 1; i < threads; ++i) shared_->threads.emplace_back([this] { shared_->serve(); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stopping = true;
  }
  shared_->work.notify_all();
  for (std::thread& thread : shared_->threads) thread.join();
}

std::uint32_t Workers::threads() const noexcept { return static_cast<std::uint32_t>(shared_->threads.size()) + 1; }

void Workers::run(std::size_t count, const std::function<void(std::size_t)>& body) {
  if (count == 0) return;
  Job job{body, count, 0, 0, 0, nullptr};
  std::unique_lock lock(shared_->mutex);
  shared_->jobs.push_back(&job);
  shared_->work.notify_all();
  while (job.begun < count) shared_->step(job, lock);
  shared_->done.wait(lock, [&] { return job.ended == count; });
  if (job.failure != nullptr) std::rethrow_exception(job.failure);
}

}  // namespace ingot::runtime

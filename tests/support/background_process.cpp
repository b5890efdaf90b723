#include "tests/support/background_process.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace test_support {

BackgroundProcess::BackgroundProcess(const Request& request) : pid_(fork()) {
  if (pid_ != 0) return;
  std::vector<std::string> variables;
  for (const auto& [name, value] : request.environment) variables.push_back(name + "=" + value);
  std::vector<char*> environment;
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  std::vector<char*> argv;
  for (const std::string& word : request.argv) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const int out = open(request.out_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  const int err = open(request.err_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  for (int fd = 3; fd < 256; ++fd) close(fd);
  if (chdir(request.directory.c_str()) != 0) _exit(125);
  if (request.before_exec) request.before_exec();
  execvpe(argv[0], argv.data(), environment.data());
  _exit(125);
}

BackgroundProcess::~BackgroundProcess() {
  if (status_) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void BackgroundProcess::signal(int number) const {
  kill(pid_, number);
}

std::optional<int> BackgroundProcess::wait(std::chrono::milliseconds limit) {
  eventually(
      [&] {
        int status = 0;
        rusage used{};
        if (!status_ && wait4(pid_, &status, WNOHANG, &used) == pid_) {
          status_ = status;
          peak_kib_ = used.ru_maxrss;
        }
        return status_.has_value();
      },
      limit);
  return status_;
}

bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace test_support

#include "tests/support/child_process.h"

#include <sys/wait.h>

#include <boost/asio.hpp>
#include <boost/process.hpp>
#include <future>
#include <system_error>

namespace test_support {

namespace bp = boost::process;

ChildResult run_child(const ChildRequest& request) {
  boost::asio::io_context pipes;
  std::future<std::string> out;
  std::future<std::string> err;
  bp::environment environment = boost::this_process::environment();
  for (const auto& [name, value] : request.environment) environment[name] = value;
  std::error_code failure;
  const std::vector<std::string> arguments(request.argv.begin() + 1, request.argv.end());
  bp::child child(bp::exe = request.argv.front(), bp::args = arguments, environment,
                  bp::start_dir = request.directory,
                  bp::std_in<boost::asio::buffer(request.input), bp::std_out> out,
                  bp::std_err > err, pipes, failure);
  if (failure) return {-1, "", failure.message()};
  pipes.run();
  child.wait(failure);
  const int status = child.native_exit_code();
  return {WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), out.get(), err.get()};
}

}  // namespace test_support

// What a service manager is told by sd_notify.
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "tests/support/configured_node.h"
#include "tests/support/file_content.h"

namespace {

using std::chrono::seconds;
using test_support::ConfiguredNode;
using test_support::contains;
using test_support::content;
using test_support::eventually;
using test_support::StandInNode;

constexpr seconds kLimit{120};

/// NOTIFY_SOCKET as a service manager has it.
class NotifySocket {
 public:
  explicit NotifySocket(const std::string& name) : name_(name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    fd_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    REQUIRE(bind(fd_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    if (name.front() != '@') chmod(name.c_str(), 0777);
  }
  ~NotifySocket() { close(fd_); }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }

  /// Every line that came so far, in order.
  const std::vector<std::string>& lines() {
    char datagram[4096];
    for (ssize_t got = 0; (got = recv(fd_, datagram, sizeof datagram, 0)) > 0;) {
      std::string text(datagram, static_cast<std::size_t>(got));
      text += '\n';
      for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos;) {
        if (end > 0) lines_.push_back(text.substr(0, end));
        text.erase(0, end + 1);
      }
    }
    return lines_;
  }
  long count(const std::string& line) { return std::count(lines().begin(), lines().end(), line); }

 private:
  std::string name_;
  int fd_ = -1;
  std::vector<std::string> lines_;
};

}  // namespace

TEST_CASE("a service manager is told of each phase, that the node is ready, and that it stops") {
  for (const bool abstract : {false, true}) {
    StandInNode node;
    NotifySocket socket(abstract ? "@esboot-test-" + std::to_string(getpid())
                                 : node.log("notify").string());
    node.environment["NOTIFY_SOCKET"] = socket.name();
    node.script("quick\nready");
    const auto result = node.start();
    CHECK(result.exit_code == 0);
    const std::vector<std::string> expected{"STATUS=reading the node's configuration",
                                            "STATUS=making certificates and security settings",
                                            "STATUS=Elasticsearch is starting",
                                            "READY=1",
                                            "STATUS=Elasticsearch is ready",
                                            "STOPPING=1"};
    // As often as the machine is slow.
    CHECK(socket.count("EXTEND_TIMEOUT_USEC=30000000") >= 2);
    std::vector<std::string> told = socket.lines();
    std::erase(told, "EXTEND_TIMEOUT_USEC=30000000");
    CHECK(told == expected);
    CHECK(node.record().environment.at("NOTIFY_SOCKET") == socket.name());
  }
}

TEST_CASE("a node that notifies by itself is not spoken for") {
  ConfiguredNode node;
  NotifySocket socket(node.log("notify").string());
  node.environment["NOTIFY_SOCKET"] = socket.name();
  node.put(node.home() / "bin/elasticsearch-env", "ES_DISTRIBUTION_TYPE=deb\n");
  node.script("quick\nready");
  node.environment["ES_SD_NOTIFY"] = "true";
  CHECK(node.start().exit_code == 0);
  CHECK(socket.count("READY=1") == 0);
  CHECK(socket.count("STOPPING=1") == 0);
  CHECK(socket.count("STATUS=Elasticsearch is ready") == 1);
  node.environment.erase("ES_SD_NOTIFY");
  CHECK(node.start().exit_code == 0);
  CHECK(socket.count("READY=1") == 1);
}

TEST_CASE("a service manager sees why a start failed, and a stop as such") {
  ConfiguredNode node;
  NotifySocket socket(node.log("notify").string());
  node.environment["NOTIFY_SOCKET"] = socket.name();
  CHECK(node.start({"-E", "a"}).exit_code == 64);
  CHECK(socket.lines().empty());  // a command line that cannot be read: nothing has begun
  CHECK(node.start({"start", "surplus"}).exit_code == 64);
  REQUIRE_FALSE(socket.lines().empty());
  CHECK(contains(socket.lines().back(), "STATUS=error: unexpected argument 'surplus'"));

  node.script("quick\nexit 1");
  CHECK(node.start().exit_code == 1);
  CHECK(socket.count("STATUS=Elasticsearch ended before it was ready") == 1);
  CHECK(socket.count("READY=1") == 0);

  node.script("quick\nonterm 100 143\nready\nsleep 60000");
  node.forget_record();
  const auto start = node.launch({"--init"});
  REQUIRE(eventually([&] { return socket.count("READY=1") == 1; }));
  const long stops = socket.count("STOPPING=1");
  start->signal(SIGTERM);
  CHECK(WEXITSTATUS(start->wait(kLimit).value_or(0)) == 143);
  CHECK(socket.count("STOPPING=1") == stops + 1);
}

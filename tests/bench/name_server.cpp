// A name server of signed zones for measurements: `test` is signed, and what is below it as
// --below says. Every name has the address 127.0.0.1 and no CAA record. Writes its trust anchor to
// a file, then its port as one line, and serves until its standard input ends.
//
//   bench_name_server --anchor FILE --below signed|unsigned --zone NAME
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

#include "tests/bench/arguments.h"
#include "tests/support/signed_name_server.h"

int main(int count, char** words) {
  try {
    tests::Arguments arguments{count, words};
    const std::string anchor = arguments.text("anchor");
    const std::string below = arguments.text("below");
    const std::string zone = arguments.text("zone");
    arguments.refuse_others();
    if (below != "signed" && below != "unsigned") throw std::runtime_error("--below is " + below);
    tests::SignedNameServer server;
    std::ofstream(anchor) << server.zone("test").anchor();
    tests::SignedZone& names = server.zone(
        zone, below == "signed" ? tests::ZoneFault::none : tests::ZoneFault::unsigned_zone);
    names.add_everywhere(tests::rr::kA, std::string("\x7f\0\0\1", 4));
    server.start();
    std::printf("%u\n", static_cast<unsigned>(server.port()));
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
    return 0;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "bench_name_server: %s\n", fault.what());
    return 2;
  }
}

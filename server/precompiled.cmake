# Headers that most files read, parsed once: two fifths of what compiling costs (docs/adr/0014). A file still names every header
# it uses; a build without this finds those that do not.
option(PRECOMPILED_HEADERS "Parse the headers that most files read only once" OFF)

set(PRECOMPILED_FOR_ALL
  <algorithm> <array> <chrono> <cstdint> <expected> <filesystem> <functional> <map> <memory> <mutex> <optional> <ranges>
  <set> <span> <stdexcept> <string> <string_view> <utility> <variant> <vector>
  <boost/asio/as_tuple.hpp> <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp>
  <boost/asio/steady_timer.hpp> <boost/asio/strand.hpp> <boost/asio/use_awaitable.hpp> <nlohmann/json.hpp>)
set(PRECOMPILED_FOR_TESTS <gmock/gmock.h> <gtest/gtest.h>)

#   precompile(name LIBRARIES … HEADERS …): makes the target `name`, whose headers others use by name.
function(precompile name)
  cmake_parse_arguments(PRECOMPILE "" "" "LIBRARIES;HEADERS" ${ARGN})
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/${name}.cpp CONTENT "")
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/${name}.cpp)
  target_link_libraries(${name} PRIVATE project_options Boost::headers nlohmann_json::nlohmann_json ${PRECOMPILE_LIBRARIES})
  # With the times of the headers inside, ccache would take each for another one.
  target_compile_options(${name} PRIVATE $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
  target_precompile_headers(${name} PRIVATE ${PRECOMPILE_HEADERS})
endfunction()

if(PRECOMPILED_HEADERS)
  if(CCACHE)
    # What ccache must overlook to keep results that used precompiled headers (its manual, "Precompiled headers").
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  endif()
  precompile(precompiled HEADERS ${PRECOMPILED_FOR_ALL})
  precompile(precompiled_for_tests LIBRARIES GTest::gtest GTest::gmock
    HEADERS ${PRECOMPILED_FOR_ALL} ${PRECOMPILED_FOR_TESTS})
  # Compiled as the tests are, which are programs.
  set_target_properties(precompiled_for_tests PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(precompiled_for_tests PRIVATE -fPIE)
endif()

#   use_precompiled(target from)
function(use_precompiled target from)
  if(PRECOMPILED_HEADERS)
    target_precompile_headers(${target} REUSE_FROM ${from})
  endif()
endfunction()

# Compiler settings every target of the project shares.
add_library(project_options INTERFACE)
target_include_directories(project_options INTERFACE ${CMAKE_SOURCE_DIR})
target_link_libraries(project_options INTERFACE Threads::Threads)
target_compile_definitions(project_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_NO_TS_EXECUTORS
  OPENSSL_API_COMPAT=0x30000000L OPENSSL_NO_DEPRECATED
  _GLIBCXX_ASSERTIONS)
target_compile_options(project_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wswitch-enum -Wmissing-declarations -Wunused -Wnull-dereference -Wimplicit-fallthrough
  -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -fno-omit-frame-pointer)
if(WARNINGS_AS_ERRORS)
  target_compile_options(project_options INTERFACE -Werror)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(project_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
target_link_options(project_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_link_options(project_options INTERFACE -fuse-ld=lld)
endif()
if(SANITIZE)
  # Recycled coroutine frames would hide a use after free from the sanitizer.
  target_compile_options(project_options INTERFACE -fsanitize=${SANITIZE} -fno-sanitize-recover=all)
  target_compile_definitions(project_options INTERFACE BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)
  target_link_options(project_options INTERFACE -fsanitize=${SANITIZE})
endif()
if(BUILD_FUZZERS)
  target_compile_options(project_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

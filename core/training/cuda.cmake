# CUDA's runtime, the one that LibTorch itself loads, so that the process has one: for CUDA graphs, NCCL and our kernels.
set(_nvidia ${NCSCOPE_TORCH_ROOT}/../nvidia)
find_path(LibTorch_cudart_INCLUDE_DIR cuda_runtime_api.h PATHS ${_nvidia}/cu13/include NO_DEFAULT_PATH)
find_library(LibTorch_cudart_LIBRARY NAMES libcudart.so.13 NO_DEFAULT_PATH
    PATHS ${_nvidia}/cu13/lib ${_nvidia}/cuda_runtime/lib)
mark_as_advanced(LibTorch_cudart_INCLUDE_DIR LibTorch_cudart_LIBRARY)
unset(_nvidia)
set(NCSCOPE_CUDART FALSE)
if(LibTorch_CUDA AND LibTorch_cudart_INCLUDE_DIR AND LibTorch_cudart_LIBRARY)
    set(NCSCOPE_CUDART TRUE)
    target_include_directories(nc_devices SYSTEM PRIVATE ${LibTorch_cudart_INCLUDE_DIR})
    target_link_libraries(nc_devices PRIVATE ${LibTorch_cudart_LIBRARY})
    target_compile_definitions(nc_devices PRIVATE NC_CUDART)
else()
    message(STATUS "CUDA: the LibTorch wheel brings no CUDA 13 runtime, no CUDA graphs and none of our kernels")
endif()

# Our own CUDA kernels, where there is a working nvcc as well. Without them a GPU is used
# all the same, through LibTorch.
option(NCSCOPE_CUDA_KERNELS "Compile our CUDA kernels where nvcc is found" ON)
if(NOT NCSCOPE_CUDA_KERNELS OR NOT NCSCOPE_CUDART)
    return()
endif()
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 80-real 90-real 90-virtual)
endif()
include(CheckLanguage)
check_language(CUDA) # tries it in a scratch project: an nvcc that does not work counts as none
if(NOT CMAKE_CUDA_COMPILER)
    message(STATUS "CUDA kernels: no working nvcc, LibTorch's own operations are used on a GPU")
    return()
endif()
# Asked before the language is enabled: another nvcc may not know these architectures, and enabling it would be an error.
execute_process(COMMAND ${CMAKE_CUDA_COMPILER} --version OUTPUT_VARIABLE _nvcc ERROR_QUIET)
string(REGEX REPLACE ".*release ([0-9]+)\\..*" "\\1" _nvccMajor "${_nvcc}")
if(NOT _nvccMajor STREQUAL 13)
    message(STATUS "CUDA kernels: ${CMAKE_CUDA_COMPILER} does not fit LibTorch's CUDA 13, "
        "LibTorch's own operations are used on a GPU")
    return()
endif()
enable_language(CUDA)
message(STATUS "CUDA kernels: nvcc ${CMAKE_CUDA_COMPILER_VERSION} for ${CMAKE_CUDA_ARCHITECTURES}")

add_library(nc_cuda_kernels STATIC class_sums.cu mix_batch.cu)
set_target_properties(nc_cuda_kernels PROPERTIES
    CUDA_STANDARD 17
    CUDA_RUNTIME_LIBRARY None
    POSITION_INDEPENDENT_CODE ON)
target_include_directories(nc_cuda_kernels PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(nc_cuda_kernels INTERFACE ${LibTorch_cudart_LIBRARY})
target_link_libraries(nc_training PRIVATE nc_cuda_kernels)
target_compile_definitions(nc_training PUBLIC NC_CUDA_KERNELS)

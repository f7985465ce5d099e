#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>

#if LIBCURL_VERSION_NUM < 0x075700
#error "libcurl 7.87.0 or later is needed"
#endif

// libcurl sets options and reads results through variadic functions, which Swift cannot call. Each function here is one
// of those calls with one type of argument. Which type an option or a result has is said in its manual page.

/// Sets an option whose argument is a number or a switch.
CURLcode ccurl_easy_set_long(CURL *handle, CURLoption option, long value);
/// Sets an option whose argument is a 64-bit size.
CURLcode ccurl_easy_set_offset(CURL *handle, CURLoption option, curl_off_t value);
/// Sets an option whose argument is text; libcurl keeps a copy.
CURLcode ccurl_easy_set_text(CURL *handle, CURLoption option, const char *value);
/// Sets an option whose argument is memory or a context; libcurl keeps the pointer.
CURLcode ccurl_easy_set_pointer(CURL *handle, CURLoption option, void *value);
/// Sets an option whose argument is a list of texts; libcurl keeps the pointer.
CURLcode ccurl_easy_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
/// Sets an option whose argument is a block of bytes; its flags say whether libcurl copies them.
CURLcode ccurl_easy_set_blob(CURL *handle, CURLoption option, const struct curl_blob *value);
/// Sets the function that receives a body or a head, piece by piece.
CURLcode ccurl_easy_set_receiver(CURL *handle, CURLoption option, curl_write_callback value);
/// Sets the function that is called when the connection stands and before a byte of the request is sent.
CURLcode ccurl_easy_set_prerequest(CURL *handle, curl_prereq_callback value);

/// Reads a result that is a number.
CURLcode ccurl_easy_get_long(CURL *handle, CURLINFO info, long *value);
/// Reads a result that is a size, or a time in microseconds.
CURLcode ccurl_easy_get_offset(CURL *handle, CURLINFO info, curl_off_t *value);
/// Reads a result that is text, which stays libcurl's.
CURLcode ccurl_easy_get_text(CURL *handle, CURLINFO info, const char **value);

/// Sets an option of a multi handle whose argument is a number or a switch.
CURLMcode ccurl_multi_set_long(CURLM *handle, CURLMoption option, long value);

#endif

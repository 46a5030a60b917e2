#ifndef SQUALL_ATLAS_COUNTRY_H
#define SQUALL_ATLAS_COUNTRY_H

#include "app/http/route.h"

handler country_page;

#endif

from django.urls import path

from lygte.interfaces.web.staff.views import desk

urlpatterns = [
    path("", desk.home, name="home"),
    path("laas/", desk.lock, name="lock"),
    path("laas/op/", desk.unlock, name="unlock"),
]

from django.urls import URLPattern, path

from lygte.interfaces.web.staff.views import board, board_forms

_CALL = "tilbud/<slug:service>/opkald/<uuid:call>/"

urlpatterns: list[URLPattern] = [
    path("tilbud/<slug:service>/vagten/", board.board, name="board"),
    path("tilbud/<slug:service>/vagten/del/", board.board_part, name="board_part"),
    path(f"{_CALL}tag/", board.call_take, name="call_take"),
    path(f"{_CALL}ring-tilbage/", board.call_callback, name="call_callback"),
    path(f"{_CALL}slip/", board_forms.call_let_go, name="call_let_go"),
    path("tilbud/<slug:service>/vagt/", board_forms.duty, name="duty"),
    path("tilbud/<slug:service>/overlevering/", board_forms.handover, name="handover"),
    path("tilbud/<slug:service>/huset/<uuid:contact>/gaaet/", board.left, name="left"),
]
